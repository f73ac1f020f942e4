"""The User: a person who logs in by e-mail. Their company is a Membership."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.conf import settings
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
        user = _by_id.first(bool(settings.HAZUMI_STAFF_SECOND_FACTOR), id=int(kwargs["pk"]))
        if user is None:
            raise User.DoesNotExist
        teams = frozenset(user.__dict__.pop("teams"))
        user.assigned_teams = teams if user.is_active else frozenset()
        return user

    def with_second_factor(self) -> models.QuerySet[User]:
        """Return users who know whether they have a second factor, where rights depend on it: for
        lists, so that each does not ask again.
        """
        rows = self.get_queryset()
        if settings.HAZUMI_STAFF_SECOND_FACTOR:
            rows = rows.annotate(has_factor=second_factor_of("pk"))
        return rows

    def staff(self, rows: models.QuerySet[User] | None = None) -> models.QuerySet[User]:
        """Return active users with a role of staff, in force or not."""
        teams = TeamMembership.objects.filter(user=models.OuterRef("pk"))
        found = self.get_queryset() if rows is None else rows
        return found.filter(
            models.Q(is_moderator=True)
            | models.Q(is_administrator=True)
            | models.Q(models.Exists(teams)),
            is_active=True,
        )

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
    # Stands in for a name that could not be used; the person is asked for another.
    is_name_provisional = models.BooleanField(default=False)
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
        return self.is_active and self.administers

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

    # Two things apart: which roles somebody was given (is_administrator, is_moderator,
    # assigned_teams, works_here), and which of them are in force now (administers, moderates,
    # team_names, is_team). Every permission asks the latter.

    @cached_property
    def assigned_teams(self) -> frozenset[str]:
        """The user's staff teams: sales, marketing, support, product, community."""
        return (
            frozenset(self.team_memberships.values_list("team", flat=True))
            if self.is_active
            else frozenset()
        )

    @property
    def works_here(self) -> bool:
        """Whether the user works for the host company: any team, or any right."""
        return self.is_active and (
            self.is_moderator
            or self.is_administrator
            or self.is_finance
            or bool(self.assigned_teams)
        )

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether an app or a passkey confirms the user's log-ins."""
        if "has_factor" in self.__dict__:  # asked together with the user
            return bool(self.__dict__["has_factor"])
        rows = apps.get_model("mfa", "Authenticator").objects.filter(type__in=SECOND_FACTORS)
        return bool(rows.filter(user_id=self.pk).exists())

    @property
    def lacks_second_factor(self) -> bool:
        """Whether roles, if any, are not in force until the user sets up a second factor."""
        return bool(settings.HAZUMI_STAFF_SECOND_FACTOR) and not self.has_second_factor

    @property
    def rights_suspended(self) -> bool:
        """Whether the user has roles that wait for a second factor."""
        return self.works_here and self.lacks_second_factor

    @property
    def administers(self) -> bool:
        return self.is_administrator and not self.lacks_second_factor

    @property
    def handles_money(self) -> bool:
        return self.is_finance and not self.lacks_second_factor

    @property
    def moderates(self) -> bool:
        return self.is_moderator and not self.lacks_second_factor

    @property
    def team_names(self) -> frozenset[str]:
        """The teams whose rights are in force."""
        teams = self.assigned_teams
        return frozenset() if teams and self.lacks_second_factor else teams

    @property
    def is_team(self) -> bool:
        """Whether the user has any right of staff now."""
        return self.works_here and not self.lacks_second_factor

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


# What counts as a second factor; recovery codes alone are only the way back to one.
SECOND_FACTORS = ("totp", "webauthn")


def second_factor_of(user_field: str) -> models.Exists:
    """Return the condition that a user has a second factor."""
    rows = apps.get_model("mfa", "Authenticator").objects.filter(type__in=SECOND_FACTORS)
    return models.Exists(rows.filter(user_id=models.OuterRef(user_field)))


def _users(factor_required: bool, values: Placeholders) -> models.QuerySet[User]:
    teams = TeamMembership.objects.filter(user=models.OuterRef("pk")).values("team")
    rows = User.objects.filter(pk=values.number("id")).annotate(teams=ArraySubquery(teams))
    if factor_required:
        rows = rows.annotate(has_factor=second_factor_of("pk"))
    return rows


def _memberships(shape: None, values: Placeholders) -> models.QuerySet[Membership]:
    rows = apps.get_model("accounts", "Membership").objects.filter(
        user_id=values.number("user"), ended_at=None
    )
    return rows.select_related("organization")


_by_id = CompiledQuery(_users)
_active_membership = CompiledQuery(_memberships)
