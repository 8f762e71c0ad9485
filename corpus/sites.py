"""The admin site."""

from django.contrib import admin


class CorpusAdminSite(admin.AdminSite):
    site_header = "Verbatim"
    site_title = "Verbatim"
    index_title = "The desk"
