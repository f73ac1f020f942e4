"""Names: nobody passes for staff, and the names people really have are taken."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from portal.accounts import staff_marks
from portal.accounts.adapters import SocialAccountAdapter
from portal.accounts.forms.staff import OrganizationForm
from portal.accounts.models import User
from portal.accounts.names import clean_organization_name, clean_person_name, usable_name
from tests import people
from tests.world import World

GOOD = (
    "O'Neil",
    "O’Neil",
    "नमस्ते",
    "ジョン・スミス",
    "佐藤 健",
    "Björn",
    "김철수",
    "Nguyễn Văn A",
    "Дмитрий",
    "髙橋",
    "渡邉",
    "渡邉\U000e0101 一郎",
    "Mary-Jane",
    "María José",
    "齋藤",
    "Al Admi",
    "田中 はずみ",
    "佐藤 誠一",
    "Staffan Olsson",
    "Rooth",
    "علی\u200cرضا",
    "つのだ☆ひろ",
)
BAD = (
    "佐藤 誠",
    "佐藤誠",
    "佐藤　誠",
    "誠 佐藤",
    "佐藤・誠",
    "佐藤 誠さん",
    "佐藤 誠。",
    "佐\u200b藤 誠",
    "\u202e誠 藤佐",
    "管理者",
    "管理者A",
    "Hazumi サポート",
    "Hazumi ｻﾎﾟｰﾄ",
    "サポ一ト",
    "はずみ",
    "Hazumi",
    "HazumiSupport",
    "運営事務局",
    "公式アカウント",
    "admin",
    "Аdmіn",
    "ＡＤＭＩＮ",
    "Adm1n",
    "admin123",
    "Support",
    "ѕuрроrt team",
    "Moderator",
    "Official Staff",
    "アクメ クラウド",
    "\u3164",
    "\u2800\u2800",
    "...",
    "Z\u0334\u0321\u031ba\u0338lgo",
    "佐藤 健 ✅",
    "🛡",
)


@pytest.mark.parametrize("name", GOOD)
def test_names_people_have_are_taken(sato: User, name: str) -> None:
    assert clean_person_name(name) == " ".join(name.split())


@pytest.mark.parametrize("name", BAD)
def test_names_that_pass_for_staff_are_refused(sato: User, name: str) -> None:
    with pytest.raises(ValidationError):
        clean_person_name(name)


def test_widths_become_one(db: Any) -> None:
    assert clean_person_name("ﾔﾏﾀﾞ　ﾀﾛｳ") == "ヤマダ タロウ"


def test_two_customers_may_share_a_name_but_not_only_look_alike(
    world: World, aki: User, ren: User, mio: User
) -> None:
    assert clean_person_name("秋山 秋", ren) == "秋山 秋"
    assert clean_person_name("秋山 秋", mio) == "秋山 秋"
    User.objects.filter(pk=aki.pk).update(display_name="カトウ ニロ")
    with pytest.raises(ValidationError):
        clean_person_name("力トウ ニロ", ren)  # 力 is the character for power
    assert clean_person_name("力トウ ニロ", mio)  # of another company
    assert clean_person_name("カトウ ニロ", ren)


def test_staff_are_called_what_they_like(sato: User) -> None:
    assert clean_person_name("サポート 佐藤 誠", sato) == "サポート 佐藤 誠"


def test_the_sign_up_and_the_profile_say_why_and_keep_the_words(
    sato: User, aki: User, as_: Any
) -> None:
    form = {"email": "x@gmail.com", "display_name": "佐藤 誠", "password1": people.PASSWORD}
    page = Client(headers={"accept-language": "ja"}).post(reverse("account_signup"), form)
    assert page.status_code == 200
    assert "佐藤 誠" in page.content.decode()
    assert not User.objects.filter(email="x@gmail.com").exists()
    profile = {
        "display_name": "管理者",
        "language": "ja",
        "time_zone": "Asia/Tokyo",
        "theme": "system",
    }
    refused = as_(aki).post(reverse("accounts:profile"), profile)
    assert refused.status_code == 422
    assert "管理者" in refused.content.decode()
    assert User.objects.get(pk=aki.pk).display_name == "秋山 秋"


def test_a_name_from_elsewhere_that_cannot_be_used_gets_a_neutral_one(
    sato: User, rf: Any, as_: Any
) -> None:
    class Login:
        user = User(email="admin@corp.example")

    made = SocialAccountAdapter().populate_user(rf.get("/"), Login(), {"name": "佐藤 誠"})
    assert made.is_name_provisional
    assert made.display_name not in ("佐藤 誠", "admin")
    assert usable_name("佐藤 誠", "新見 新") == "新見 新"
    made.save()
    browser = as_(made)
    assert reverse("accounts:profile") in browser.get("/").content.decode()
    assert "呼" in browser.get("/").content.decode() or "name" in browser.get("/").content.decode()
    form = {
        "display_name": "新見 新",
        "language": "ja",
        "time_zone": "Asia/Tokyo",
        "theme": "system",
    }
    assert browser.post(reverse("accounts:profile"), form).status_code == 302
    assert not User.objects.get(pk=made.pk).is_name_provisional


def test_a_company_does_not_pass_for_this_site(world: World) -> None:
    own = world.companies.own
    for name in (own.name, "アクメクラウド", "Hazumi", "サポート", "Hazu\u200bmi"):
        with pytest.raises(ValidationError):
            clean_organization_name(name)
    assert clean_organization_name("㈱サポートセンター山田") == "㈱サポートセンター山田"
    assert clean_organization_name(own.name, own) == own.name
    form = OrganizationForm({"name": "Ηazumi", "lifecycle": "prospect", "currency": "JPY"})
    assert "name" in form.errors


def test_staff_carry_a_mark_that_no_name_can_write(sato: User, aki: User) -> None:
    staff_marks.forget()
    show = Template("{% person_name person %}|{% person_line person %}")
    marked = show.render(Context({"person": sato}))
    assert marked.count('class="staff-mark"') == 2
    aki.display_name = '<span class="staff-mark">x</span>'
    plain = show.render(Context({"person": aki}))
    assert '<span class="staff-mark"' not in plain
    bare = Template("{% person_name person as name %}{{ name }}").render(Context({"person": sato}))
    assert bare == "佐藤 誠さん" or bare == "佐藤 誠"
