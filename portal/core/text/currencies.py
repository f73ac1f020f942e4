"""Number of digits of each currency's minor unit.

The only list: amounts are parsed, stored and formatted by it.
"""

from __future__ import annotations

from typing import Final

WITHOUT_MINOR_UNIT: Final = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PTS PYG RWF UGX VND VUV XAF XOF XPF".split()  # PTS: our points
)
WITH_MILLS: Final = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


def digits_of(currency: str) -> int:
    """Return 0 for yen, 2 for dollars, 3 for dinars."""
    return 0 if currency in WITHOUT_MINOR_UNIT else 3 if currency in WITH_MILLS else 2


# What sales are paid in: the national currencies of ISO 4217 in use. Points are none.
MONEY: Final = frozenset(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHF CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF "
    "GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
    "LSL LYD MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR "
    "PLN PYG QAR RON RSD RUB "
    "RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY "
    "TTD TWD TZS UAH UGX USD "
    "UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG".split()
)


def is_money(currency: str) -> bool:
    """Say whether an amount in this currency can be a price."""
    return currency in MONEY
