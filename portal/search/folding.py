"""The form in which spellings that people take for the same are equal. Pure.

Every character is folded by itself, so that a highlighted word can be found again in the text as
written.
"""

from __future__ import annotations

import re
import unicodedata

# Older and rarer forms of kanji, as they stand in names above all, before the usual one.
KANJI = """
髙高 﨑崎 嵜崎 碕崎 齋斎 齊斉 澤沢 邊辺 邉辺 濱浜 濵浜 嶋島 嶌島 櫻桜 廣広 國国 眞真 靜静
惠恵 德徳 瀨瀬 藏蔵 龍竜 條条 壽寿 榮栄 學学 會会 圓円 實実 豐豊 冨富 桒桑 𠮷吉 聰聡 檜桧
渕淵 渊淵 峯峰 舘館 曾曽 遙遥 亞亜 應応 縣県 號号 體体 轉転 當当 點点 傳伝 發発 變変 寶宝
萬万 彌弥 與与 凜凛 晉晋 𣘺橋 槗橋 萊莱 淺浅 瀧滝 龜亀 鐵鉄 驛駅 樂楽 藥薬 觀観 關関 歸帰
氣気 禮礼 來来 勳勲 嚴厳 巖巌 吳呉 顯顕 祿禄 穗穂 總総 對対 團団 圖図 鹽塩 兒児 尙尚 黑黒
增増 橫横 淸清 敎教 緖緒 昻昂 栁柳 舩船 靏鶴 靍鶴 鷗鴎 籠篭 薮藪 埜野 爲為 莊荘 劍剣 劒剣
獨独 讀読 賣売
""".split()
KANA_FOLD = {code: code + 0x60 for code in range(0x3041, 0x3097)}  # hiragana to katakana
HIRAGANA_FOLD = {after: before for before, after in KANA_FOLD.items()}
# The sign of a long vowel that technical writing leaves out at the end of three characters or more.
LONG_END = re.compile("(?<=[ァ-ヺ][ァ-ヺー][ァ-ヺ])ー$")


def _latin() -> dict[int, str]:
    """Return Latin letters with diacritics, each with its plain letters."""
    found = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = chr(code).lower()
        plain = unicodedata.normalize("NFD", letter)[0]
        if plain.isascii() and plain.isalpha():
            found[chr(code)] = found[letter[0]] = plain
    return {ord(letter): plain for letter, plain in found.items()}


def _invisible() -> dict[int, None]:
    """Return combining diacritics and variation selectors, which are left out."""
    ranges = (range(0x300, 0x370), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
    return {code: None for codes in ranges for code in codes}


FOLD: dict[int, str | None] = {
    **_latin(),
    **_invisible(),
    **{ord(pair[0]): pair[1] for pair in KANJI},
    0: " ",
}


def normalise(text: str) -> str:
    """Return `text` in the form both documents and queries are cut in."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return (
        folded if folded.isascii() and "\x00" not in folded else fold_names(folded.translate(FOLD))
    )


def fold_names(text: str) -> str:
    """斉 and 斎 are two characters in words, and one in the name that is written with either."""
    return text.replace("斉藤", "斎藤")


def fold_kana(text: str) -> str:
    """Return an already normalised `text` with one kind of kana, character by character."""
    return text.translate(KANA_FOLD)


def kana_forms(word: str) -> list[str]:
    """Return a word as it stands and in either kana."""
    return list(dict.fromkeys((word, word.translate(KANA_FOLD), word.translate(HIRAGANA_FOLD))))
