"""Staff forms of inbound systems: a source, its secret, its deal mapping, a file of deals."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.core.text.currencies import is_money
from portal.core.web.forms import set_choices, set_queryset
from referrals.inbound.crm import FIELDS, NEEDED, OURS
from referrals.models import DealImport, InboundSource, Program
from referrals.services.intake.imports import LARGEST, Layout
from referrals.services.intake.sources import BadSecret, check_secret

LABELS = {
    "deal": _("Id of the deal"),
    "stage": _("Stage"),
    "domain": _("Domain, site or mail address of the company"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "closed": _("Closing date"),
    "company": _("Name of the company"),
    "reason": _("Reason for the loss"),
    "code": _("Referral code"),
    "invoice": _("Invoice number"),
    "created": _("Date of creation"),
    "qualified_at": _("Date of the first meeting"),
    "opportunity_at": _("Date talks began"),
    "live_at": _("Date of going live"),
    "test": _("Says that it is only a test"),
}
STAGES = {
    "qualified": _("Qualified"),
    "opportunity": _("In talks"),
    "won": _("Won"),
    "live": _("Live"),
    "lost": _("Lost"),
    "none": _("Means nothing here"),
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16 (BOM)",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp932": "Shift_JIS (CP932)",
    "euc_jp": "EUC-JP",
    "cp1252": "Windows-1252",
}
DELIMITERS = {
    ",": _("comma"),
    "\t": _("tab"),
    ";": _("semicolon"),
    "|": "|",
}
DECIMALS = {".": "1,234.56", ",": "1.234,56"}
DATE_ORDERS = {
    "ymd": _("year, month, day"),
    "mdy": _("month, day, year"),
    "dmy": _("day, month, year"),
}
LAYOUT = ("encoding", "delimiter", "header_line")
TEXTS = ("encoding", "delimiter", "decimal", "date_order", "currency")
MOST_LINES = 1_000  # where a header may stand
BAD_SECRET = _(
    "This is not a secret of this system: copy it whole, at least 16 characters. Stripe's "
    "begins with whsec_."
)


Named = TypeVar("Named", Program, InboundSource)


class NamedField(forms.ModelChoiceField[Named]):
    """Programs and systems by their names."""

    def label_from_instance(self, obj: Named) -> str:
        return str(obj.name)


def _by_ours(stages: dict[str, str]) -> list[tuple[str, str]]:
    """Return stages in the order of ours; the database keeps no order."""
    return sorted(
        stages.items(), key=lambda row: (OURS.index(row[1]) if row[1] in OURS else 9, row[0])
    )


def _programs() -> Any:
    return Program.objects.exclude(state=Program.State.ENDED).order_by("-is_default", "pk")


def mode_field() -> forms.ChoiceField:
    """Whether a source takes real sales or tests."""
    return forms.ChoiceField(
        label=_("Takes"),
        choices=InboundSource.Mode.choices,
        initial=InboundSource.Mode.LIVE,
        required=False,
        help_text=_(
            "Messages of the other kind are kept in the log and never counted. Choose tests only "
            "for a trial program: what they report is counted there as if it were real."
        ),
    )


class SourceForm(forms.Form):
    """A new source. Systems that make the secret themselves show it; for the others we make one."""

    kind = forms.ChoiceField(label=_("Kind"), choices=InboundSource.Kind.choices)
    name = forms.CharField(label=_("Name of the system"), max_length=60)
    program = NamedField(label=_("Program"), queryset=Program.objects.none(), empty_label=None)
    mode = mode_field()
    secret = forms.CharField(
        label=_("Secret"),
        required=False,
        max_length=200,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Stripe: its signing secret (whsec_…). HubSpot: the client secret of an app, if "
            "you use one. "
            "Empty: we make one and show it once."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "program", _programs())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "kind" in data and "secret" in data:
            try:
                check_secret(data["kind"], data["secret"])
            except BadSecret:
                self.add_error("secret", BAD_SECRET)
        return data


class SecretForm(forms.Form):
    """A new secret of a system that makes its own."""

    secret = forms.CharField(
        label=_("New secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["secret"].required = kind == InboundSource.Kind.STRIPE
        if not self.fields["secret"].required:
            self.fields["secret"].help_text = _("Empty: we make one and show it once.")

    def clean_secret(self) -> str:
        given = str(self.cleaned_data["secret"])
        try:
            check_secret(self.kind, given)
        except BadSecret as error:
            raise forms.ValidationError(BAD_SECRET) from error
        return given


class MappingForm(forms.Form):
    """Name and program; for a CRM which of its properties hold what, and which of its stages is
    which of ours.
    """

    name = forms.CharField(label=_("Name of the system"), max_length=60)
    program = NamedField(label=_("Program"), queryset=Program.objects.none(), empty_label=None)
    mode = mode_field()
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=_("Currency where a deal names none"),
        max_length=3,
        error_messages={"invalid": _("Three capital letters, as in JPY.")},
    )
    stages = forms.CharField(
        label=_("Stages"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        max_length=8_000,
        help_text=_(
            "One per line: theirs = ours. Ours are qualified, opportunity, won, live, lost, none."
        ),
    )

    def __init__(self, *args: Any, source: InboundSource, **kwargs: Any) -> None:
        kept = source.mapping
        fields, stages = dict(kept.get("fields") or {}), dict(kept.get("stages") or {})
        initial = {
            "name": source.name,
            "program": source.program,
            "mode": source.mode,
            "currency": kept.get("currency", "JPY"),
            "stages": "\n".join(f"{theirs} = {ours}" for theirs, ours in _by_ours(stages)),
            **{f"field_{name}": fields.get(name, "") for name in FIELDS},
        }
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.source = source
        set_queryset(self, "program", Program.objects.order_by("-is_default", "pk"))
        if not source.is_crm:
            del self.fields["currency"], self.fields["stages"]
            return
        for name in FIELDS:
            self.fields[f"field_{name}"] = forms.CharField(
                label=LABELS[name],
                required=name in NEEDED,
                max_length=500,
                initial=initial[f"field_{name}"],
                widget=forms.TextInput(attrs={"spellcheck": "false"}),
            )
        self.order_fields(
            ["name", "program", "mode", *(f"field_{name}" for name in FIELDS), "currency", "stages"]
        )

    def clean_stages(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, line in enumerate(str(self.cleaned_data["stages"]).splitlines(), 1):
            if not line.strip():
                continue
            theirs, sign, ours = (part.strip() for part in line.rpartition("="))
            if not sign or not theirs or ours not in OURS:
                message = _("Line %(line)s: write “their stage = one of ours”.")
                raise forms.ValidationError(message % {"line": number})
            found[theirs[:100]] = ours
        return found

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"])
        if not is_money(currency):
            raise forms.ValidationError(_("Three capital letters, as in JPY."))
        return currency

    def mapping(self) -> dict[str, Any]:
        """Return the mapping as it is kept."""
        if not self.source.is_crm:
            return dict(self.source.mapping)
        data = self.cleaned_data
        fields = {name: data[f"field_{name}"] for name in FIELDS}
        return {
            **self.source.mapping,
            "fields": fields,
            "stages": data["stages"],
            "currency": data["currency"],
        }


class DealFileForm(forms.Form):
    """A file of deals and the system it comes from."""

    source = NamedField(label=_("From"), queryset=InboundSource.objects.none(), empty_label=None)
    file = forms.FileField(
        label=_("CSV file"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "source", crm_sources())

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 5 MB. Please send it in parts."))
        return given


def crm_sources() -> Any:
    """Return the sources whose deals have a mapping."""
    kinds = (InboundSource.Kind.HUBSPOT, InboundSource.Kind.SALESFORCE)
    return (
        InboundSource.objects.select_related("program")
        .filter(kind__in=kinds)
        .order_by("name", "pk")
    )


class ColumnsForm(forms.Form):
    """How a file is read, which column holds what, and what stages mean that the mapping does not
    know.
    """

    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS.items())
    delimiter = forms.ChoiceField(label=_("Columns are separated by"), choices=DELIMITERS.items())
    header_line = forms.IntegerField(
        label=_("Line of the column names"), min_value=1, max_value=MOST_LINES
    )
    decimal = forms.ChoiceField(label=_("Amounts are written"), required=False)
    date_order = forms.ChoiceField(label=_("Dates are written"), required=False)
    currency = forms.CharField(label=_("Currency where a row names none"), max_length=3)
    replaces = forms.BooleanField(
        label=_("Correct sales that were received with another amount"),
        required=False,
        help_text=_("The earlier amount stays in the log, and rewards get the difference."),
    )

    def __init__(self, data: Any = None, *, batch: DealImport) -> None:
        super().__init__(data)
        self.batch = batch
        self._show_reading()
        choices = [("", _("– not in the file –")), *((name, name) for name in batch.header)]
        for name in FIELDS:
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=LABELS[name],
                choices=choices,
                required=name in NEEDED and not self._is_cut_otherwise(),
                initial=batch.columns.get(name, ""),
            )
        self.theirs = list(dict.fromkeys([*batch.stages, *batch.checked.get("stages", [])]))
        for number, theirs in enumerate(self.theirs):
            self.fields[f"stage_{number}"] = forms.ChoiceField(
                label=theirs,
                required=False,
                choices=[("", _("– not known –")), *STAGES.items()],
                initial=batch.stages.get(theirs, ""),
            )

    def _show_reading(self) -> None:
        batch, checked = self.batch, self.batch.checked
        for name in LAYOUT:
            self.fields[name].initial = getattr(batch, name)
            self.fields[name].disabled = batch.data is None
        for name, kinds in (("decimal", DECIMALS), ("date_order", DATE_ORDERS)):
            found = kinds.get(checked.get(name, ""))
            open_ = _("– please choose –") if name in checked.get("asked", []) else _("as found")
            guess = format_lazy("{}: {}", open_, found) if found else open_
            set_choices(self, name, [("", guess), *kinds.items()])
            self.fields[name].initial = batch.reading.get(name, "")
        currency = batch.reading.get("currency") or batch.source.mapping.get("currency") or "JPY"
        self.fields["currency"].initial = currency
        self.fields["replaces"].initial = batch.reading.get("replaces", False)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if currency and not is_money(currency):
            raise forms.ValidationError(_("Three capital letters, as in JPY."))
        return currency

    def _is_cut_otherwise(self) -> bool:
        """Say whether the file is read again: its columns are chosen after that."""
        return self.batch.data is not None and any(
            self.data.get(name, "") not in ("", str(getattr(self.batch, name))) for name in LAYOUT
        )

    def layout(self) -> Layout:
        """Return how the file is to be read."""
        data = self.cleaned_data
        texts = {name: data.get(name) or "" for name in TEXTS}
        return Layout(
            **texts,
            header_line=data.get("header_line") or 0,
            replaces=bool(data.get("replaces")),
        )

    @property
    def reading_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (*LAYOUT, "decimal", "date_order", "currency", "replaces")]

    @property
    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"column_{name}"] for name in FIELDS]

    @property
    def stage_fields(self) -> list[forms.BoundField]:
        return [self[f"stage_{number}"] for number in range(len(self.theirs))]

    def columns(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"column_{name}"] for name in FIELDS}

    def stages(self) -> dict[str, str]:
        return {
            theirs: self.cleaned_data[f"stage_{number}"]
            for number, theirs in enumerate(self.theirs)
        }
