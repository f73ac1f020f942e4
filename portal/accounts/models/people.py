"""The User: a person who logs in by e-mail. Their company is a Membership."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.teams import TeamMembership
from portal.core.calendar.calendars import default_zone_name
from portal.core.db.compiled_queries import CompiledQuery, Placeholders
from portal.core.models import PublicId

if TYPE_CHECKING:
    from portal.accounts.models.organizations import Membership, Organization


class UserManager(BaseUserManager["User"]):
    """Creates users; e-mail addresses are stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        fields.setdefault("display_name", email.split("@")[0])
        return self.create_user(email, password, is_administrator=True, is_superuser=True, **fields)

    def get(self, *args: Any, **kwargs: Any) -> User:
        """As in Django; a lookup by id alone, as on every signed-in request, joins the user's teams
        into the same query.
        """
        if args or kwargs.keys() != {"pk"}:
            return super().get(*args, **kwargs)
        user = _by_id.first(None, id=int(kwargs["pk"]))
        if user is None:
            raise User.DoesNotExist
        user.team_names = frozenset(user.__dict__.pop("teams")) if user.is_active else frozenset()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin, PublicId):
    """A customer or a staff member.

    Rights: teams (TeamMembership), moderator, finance, administrator; default none.
    """

    class Language(models.TextChoices):
        JA = "ja", _("Japanese")
        EN = "en", _("English")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Same as the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id: int
    email = models.EmailField(_("E-mail address"), max_length=254, unique=True)
    display_name = models.CharField(_("Name"), max_length=60)
    furigana = models.CharField(_("Furigana"), max_length=80, blank=True)
    bio = models.CharField(_("About me"), max_length=400, blank=True)
    job_title = models.CharField(_("Job title"), max_length=80, blank=True)
    language = models.CharField(_("Language"), max_length=2, choices=Language, default=Language.JA)
    time_zone = models.CharField(_("Time zone"), max_length=60, default=default_zone_name)
    theme = models.CharField(_("Appearance"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    avatar = models.ImageField(_("Picture"), upload_to="avatars/", blank=True)
    company_visible = models.BooleanField(_("Show my company to other members"), default=True)
    is_active = models.BooleanField(default=True)
    is_moderator = models.BooleanField(default=False)
    is_administrator = models.BooleanField(default=False)
    is_finance = models.BooleanField(default=False)  # approves and pays rewards
    is_sample = models.BooleanField(default=False)  # made by the demo; removed with it
    date_joined = models.DateTimeField(default=timezone.now)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=True)
                | models.Q(is_moderator=False, is_administrator=False, is_finance=False),
                name="a_deactivated_user_has_no_rights",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        """Whether the user may open the Django admin."""
        return self.is_active and self.is_administrator

    @cached_property
    def membership(self) -> Membership | None:
        """The active membership, or None. One query, once per request."""
        return _active_membership.first(None, user=self.pk)

    @cached_property
    def organization(self) -> Organization | None:
        return self.membership.organization if self.membership else None

    @property
    def organization_id(self) -> int | None:
        return self.membership.organization_id if self.membership else None

    @cached_property
    def team_names(self) -> frozenset[str]:
        """The user's staff teams: sales, marketing, support, product, community."""
        return (
            frozenset(self.team_memberships.values_list("team", flat=True))
            if self.is_active
            else frozenset()
        )

    @property
    def is_team(self) -> bool:
        """Whether the user works for the host company: any team, or any right."""
        return self.is_active and (
            self.is_moderator or self.is_administrator or self.is_finance or bool(self.team_names)
        )

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


def _users(shape: None, values: Placeholders) -> models.QuerySet[User]:
    teams = TeamMembership.objects.filter(user=models.OuterRef("pk")).values("team")
    return User.objects.filter(pk=values.number("id")).annotate(teams=ArraySubquery(teams))


def _memberships(shape: None, values: Placeholders) -> models.QuerySet[Membership]:
    rows = apps.get_model("accounts", "Membership").objects.filter(
        user_id=values.number("user"), ended_at=None
    )
    return rows.select_related("organization")


_by_id = CompiledQuery(_users)
_active_membership = CompiledQuery(_memberships)
