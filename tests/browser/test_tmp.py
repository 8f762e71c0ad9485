import pytest
from django.contrib.auth import get_user_model
def test_admin(page):
    get_user_model().objects.create_superuser("a", "", "p")
    page.goto("/admin/")
    page.fill("[name=username]", "a"); page.fill("[name=password]", "p"); page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    assert "Log out" in page.inner_text("body")
def test_script(page):
    page.set_content("<script>throw new Error('x')</script><img src='http://example.invalid/x.png'>")
    page.evaluate("console.error('oh')")
    page.wait_for_timeout(100)
@pytest.mark.django_db
def test_after(page):
    pass
