"""Names for the sample company's world. Every domain ends in .example, so no mail can ever leave."""

from __future__ import annotations

from typing import Any

# name, domain, industry, size, language, plan
COMPANIES = (
    ("アクメ精機", "acme-seiki", "製造", "100-299", "ja"), ("ノースフィールド物流", "northfield-logi", "物流", "300-999", "ja"),
    ("三和フーズ", "sanwa-foods", "食品", "100-299", "ja"), ("東都電機", "toto-denki", "製造", "1000+", "ja"),
    ("青葉建設", "aoba-kensetsu", "建設", "300-999", "ja"), ("みなと薬品", "minato-yakuhin", "医薬", "100-299", "ja"),
    ("北斗印刷", "hokuto-print", "印刷", "30-99", "ja"), ("さくら保育サービス", "sakura-hoiku", "教育", "100-299", "ja"),
    ("丸山商会", "maruyama", "卸売", "30-99", "ja"), ("イーストリバー・ソフトウェア", "eastriver", "IT", "30-99", "ja"),
    ("若葉クリニックグループ", "wakaba-clinic", "医療", "100-299", "ja"), ("瀬戸内マリン", "setouchi-marine", "製造", "30-99", "ja"),
    ("信越農産", "shinetsu-nosan", "農業", "30-99", "ja"), ("ひかり不動産", "hikari-fudosan", "不動産", "100-299", "ja"),
    ("京浜ロジテック", "keihin-logi", "物流", "300-999", "ja"), ("大和テキスタイル", "yamato-tex", "繊維", "100-299", "ja"),
    ("オリオン設計", "orion-sekkei", "建設", "30-99", "ja"), ("なにわ金属", "naniwa-metal", "製造", "100-299", "ja"),
    ("つばめ観光", "tsubame", "観光", "100-299", "ja"), ("富士見ヶ丘学園", "fujimigaoka", "教育", "300-999", "ja"),
    ("中央通商", "chuo-tsusho", "卸売", "300-999", "ja"), ("リブラ人材", "libra-jinzai", "人材", "100-299", "ja"),
    ("九州プラント", "kyushu-plant", "製造", "300-999", "ja"), ("はやぶさ配送", "hayabusa", "物流", "100-299", "ja"),
    ("みどり介護ネット", "midori-kaigo", "介護", "300-999", "ja"), ("アルファ計測", "alpha-keisoku", "製造", "30-99", "ja"),
    ("つむぎデザイン", "tsumugi", "デザイン", "1-29", "ja"), ("札幌冷機", "sapporo-reiki", "製造", "100-299", "ja"),
    ("琉球リゾート", "ryukyu-resort", "観光", "300-999", "ja"), ("日の出製紙", "hinode-paper", "製造", "1000+", "ja"),
    ("ベイサイド出版", "bayside", "出版", "30-99", "ja"), ("金沢工芸舎", "kanazawa-kogei", "工芸", "1-29", "ja"),
    ("さいたま市民生活財団", "saitama-foundation", "公共", "100-299", "ja"), ("オーロラ保険代理", "aurora-hoken", "保険", "30-99", "ja"),
    ("千歳システム", "chitose-sys", "IT", "100-299", "ja"), ("Kestrel Ltd", "kestrel-ltd", "製造", "100-299", "en"),
    ("Lumen Retail", "lumen", "小売", "300-999", "en"), ("Harbour Analytics", "harbour", "IT", "30-99", "en"),
    ("Norden Shipping", "norden", "物流", "300-999", "en"), ("Fairview Clinics", "fairview", "医療", "100-299", "en"),
)  # fmt: skip

FAMILY = (
    ("佐々木", "ささき"), ("山本", "やまもと"), ("中村", "なかむら"), ("小林", "こばやし"), ("吉田", "よしだ"), ("山田", "やまだ"),
    ("松本", "まつもと"), ("井上", "いのうえ"), ("木村", "きむら"), ("林", "はやし"), ("清水", "しみず"), ("山崎", "やまざき"),
    ("池田", "いけだ"), ("阿部", "あべ"), ("橋本", "はしもと"), ("石川", "いしかわ"), ("前田", "まえだ"), ("藤田", "ふじた"),
    ("小川", "おがわ"), ("岡田", "おかだ"), ("後藤", "ごとう"), ("長谷川", "はせがわ"), ("石井", "いしい"), ("村上", "むらかみ"),
    ("近藤", "こんどう"), ("坂本", "さかもと"), ("遠藤", "えんどう"), ("青木", "あおき"), ("藤井", "ふじい"), ("西村", "にしむら"),
)  # fmt: skip
GIVEN = (
    ("翔太", "しょうた"), ("美咲", "みさき"), ("健", "けん"), ("彩", "あや"), ("大輔", "だいすけ"), ("由美", "ゆみ"), ("直樹", "なおき"),
    ("恵", "めぐみ"), ("拓也", "たくや"), ("愛", "あい"), ("浩", "ひろし"), ("真由", "まゆ"), ("亮", "りょう"), ("千尋", "ちひろ"),
    ("誠", "まこと"), ("遥", "はるか"), ("隆", "たかし"), ("香織", "かおり"), ("悠斗", "ゆうと"), ("奈々", "なな"), ("学", "まなぶ"),
    ("裕子", "ゆうこ"), ("陽介", "ようすけ"), ("結衣", "ゆい"), ("修", "おさむ"),
)  # fmt: skip
ENGLISH_FIRST = (
    "Emma",
    "James",
    "Olivia",
    "Liam",
    "Sofia",
    "Noah",
    "Grace",
    "Henry",
    "Chloe",
    "Oscar",
    "Maya",
    "Ethan",
)
ENGLISH_LAST = ("Reed", "Carter", "Nguyen", "Walsh", "Olsen", "Patel", "Brooks", "Larsen", "Moreau", "Hughes")
JOBS = (
    "総務",
    "情報システム",
    "経理",
    "営業企画",
    "カスタマーサポート",
    "業務改革",
    "経営企画",
    "現場リーダー",
    "購買",
    "人事",
)
JOBS_EN = ("Operations", "IT", "Finance", "Customer care", "Procurement", "Planning")

# key, name, furigana, company domain ("" = the host company), team, rights
PEOPLE: tuple[tuple[str, str, str, str, str, dict[str, Any]], ...] = (
    ("sato", "佐藤 誠", "さとう まこと", "", "support", {}),
    ("tanaka", "田中 直", "たなか なお", "", "sales", {}),
    ("mori", "森 環", "もり たまき", "", "community", {"is_moderator": True}),
    ("kato", "加藤 薫", "かとう かおる", "", "", {"is_administrator": True}),
    ("ueda", "上田 玲", "うえだ れい", "", "marketing", {}),
    ("hara", "原 光", "はら ひかる", "", "product", {}),
    ("ono", "小野 舞", "おの まい", "", "support", {}),
    ("aki", "秋山 秋", "あきやま あき", "acme-seiki", "", {}),
    ("ren", "蓮田 蓮", "はすだ れん", "acme-seiki", "", {}),
    ("mio", "水島 澪", "みずしま みお", "northfield-logi", "", {}),
    ("daniel", "Daniel Reed", "", "kestrel-ltd", "", {"language": "en"}),
)  # fmt: skip
