"""Who has what open: a courtesy among editors, for five minutes and renewed by use; it keeps nobody from deciding."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from corpus.models import Addressed, Lease

LASTS = timedelta(minutes=5)


def take(thing: Addressed, user: User) -> Lease:
    """The lease in force on a thing, with ``by`` loaded: the user's own where it was free or theirs, else the other's.

    One conditional statement decides, so that of two who take a thing at once one gets it, on either database.
    """
    while True:
        now = timezone.now()
        leases = _of(thing)
        mine = leases.filter(by=user, until__gt=now).update(until=now + LASTS)
        if not mine and not leases.filter(until__lte=now).update(by=user, since=now, until=now + LASTS):
            new = Lease(thing=_label(thing), thing_uid=thing.uid, by=user, since=now, until=now + LASTS)
            Lease.objects.bulk_create([new], ignore_conflicts=True)
            Lease.objects.filter(until__lte=now - LASTS).delete()  # nobody asks for these again
        found = leases.select_related("by").first()
        if found:  # else it was released that very moment
            return found


def holder(thing: Addressed, apart_from: User | None = None) -> Lease | None:
    """The lease in force on a thing, if it is not that user's own; None when it is free."""
    lease = _of(thing).filter(until__gt=timezone.now()).select_related("by").first()
    return None if lease is None or (apart_from and lease.by_id == apart_from.pk) else lease


def release(thing: Addressed, user: User) -> bool:
    """Give a thing back before its time; answers whether the user had it."""
    return bool(_of(thing).filter(by=user).delete()[0])


def taken(model: type[Addressed], apart_from: User) -> QuerySet[Lease, str]:
    """The uids of what others have open now, for ``exclude(uid__in=…)`` of a queue."""
    others = Lease.objects.filter(thing=model._meta.label_lower, until__gt=timezone.now()).exclude(by=apart_from)
    return others.values_list("thing_uid", flat=True)


def _label(thing: Addressed) -> str:
    return thing._meta.label_lower


def _of(thing: Addressed) -> QuerySet[Lease]:
    return Lease.objects.filter(thing=_label(thing), thing_uid=thing.uid)
