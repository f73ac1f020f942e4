"""Japanese discussions and articles of the demo."""

from __future__ import annotations

from community.demo.scenarios import Guide, Talk

TALKS = (
    Talk(
        "accounting",
        ("月次締め",),
        "月次締めは何営業日で終えていますか",
        "うちは従業員200名、経理4名で**5営業日**です。3営業日にしたいのですが、どこから手を付けるとよいでしょうか。",
        (
            "3営業日です。経費の締め切りを前月25日に早めたのが効きました。",
            "仮締めを2日目に出して、残りは翌月に回しています。完璧を待たないことにしました。",
            "部門からの確認待ちが一番長かったので、確認がないものは承認とみなす、と決めました。",
            "自動仕訳のルールを60本まで増やしたら、1日縮みました。",
        ),
    ),
    Talk(
        "workflow",
        ("承認フロー",),
        "承認が止まりやすい人への声のかけ方",
        "申請が3日以上止まる人がだいたい決まっています。システムで催促しても動きません。皆さんはどうしていますか。",
        (
            "催促ではなく「あと何件」の一覧を毎朝送るようにしたら、自然と減りました。",
            "その人の承認段階を本当に必要か見直しました。結局なくしても困りませんでした。",
            "スマートフォンで承認できることを知らない方でした。隣で一度やってみせたら変わりました。",
        ),
    ),
    Talk(
        "billing",
        ("請求書", "電子化"),
        "紙の請求書をどうやって減らしましたか",
        "取引先の3割がまだ郵送です。お願いの手紙を出しても返事がありません。",
        (
            "請求書の送り先をメールに一本化する期日を決めて、半年前から案内しました。8割が移りました。",
            "電話が一番でした。担当者さん自身は電子のほうが楽だと言う方が多いです。",
            "残りは受け取り代行に切り替えました。件数が少なければ割に合います。",
        ),
    ),
    Talk(
        "login",
        ("二段階認証",),
        "二段階認証、現場の反発はありましたか",
        "工場の共用端末で使っている人が多く、導入に二の足を踏んでいます。",
        (
            "共用端末は IP で許可して、個人の端末だけ必須にしました。",
            "パスキー対応のセキュリティキーを班長に配りました。1本5,000円ほどです。",
        ),
    ),
    Talk(
        "integration",
        ("API", "連携"),
        "API でつないで一番効果があったもの",
        "これから連携を始めます。どこからつなぐと効果が大きいか、経験を聞かせてください。",
        (
            "人事の異動データです。入れ替わりの手作業が月8時間なくなりました。",
            "承認済みの購買申請を基幹に流すところ。転記ミスがゼロになりました。",
            "Slack への通知が地味に効きました。メールを見ない人にも届きます。",
        ),
    ),
    Talk(
        "general",
        ("社内展開",),
        "新しいシステムを社内に広めるときの工夫",
        "導入して2か月ですが、前のやり方に戻る部署があります。",
        (
            "各部署に一人「聞ける人」を決めました。マニュアルより効きます。",
            "旧システムの入力を月末で閉じました。残すと必ず戻ります。",
            "最初の成功例を社内報に載せたら、隣の部署から問い合わせが来ました。",
            "10分の動画を3本作りました。集合研修より見てもらえます。",
        ),
    ),
    Talk(
        "accounting",
        ("電子帳簿保存法",),
        "税務調査で電子保存を見せた経験はありますか",
        "来年調査がありそうです。電子で見せたときの流れを知りたいです。",
        (
            "画面を見せながらその場で検索しました。日付と金額の範囲指定を2回試されただけでした。",
            "訂正履歴の出し方を聞かれました。事前に練習しておくとよいと思います。",
        ),
    ),
    Talk(
        "workflow",
        ("フォーム",),
        "申請フォームの項目、どこまで減らせますか",
        "「念のため」の項目が増え続けています。減らすときの基準はありますか。",
        (
            "半年間、誰も検索に使わなかった項目は消す、と決めています。",
            "承認者に「この欄を見て判断していますか」と聞いて回りました。半分は見ていませんでした。",
        ),
    ),
    Talk(
        "general",
        ("要望",),
        "次に改善してほしいところを挙げませんか",
        "使っていて「ここがあと少し」というところを集めたいです。投票のつもりで役に立ったを押してください。",
        (
            "一覧の絞り込み条件を保存して、部署で共有したいです。",
            "承認画面で前回の同じ申請と見比べたいです。",
            "添付のプレビューを大きくしてほしいです。",
            "英語の取引先向けに、請求書の文面を切り替えたいです。",
        ),
    ),
    Talk(
        "mobile",
        ("モバイル",),
        "スマートフォンでの承認、何割くらいですか",
        "うちは2割です。役員が外出がちなので、もっと増やしたいです。",
        (
            "6割を超えました。朝8時に通知をまとめて送る設定にしてから増えました。",
            "端末の管理が面倒で、まだ1割です。MDM を入れてから広げる予定です。",
        ),
    ),
)

GUIDES = (
    Guide(
        "renew-sso-certificate",
        "login",
        ("SSO", "証明書"),
        "SSO の証明書を止めずに更新する",
        "証明書の切り替えでログインが止まるのは、**古いものを先に消す**からです。新しいものを足してから切り替えれば止まりません。\n\n## 準備\n\n- 企業管理者の権限\n- 新しい証明書（PEM）\n- 念のため、パスワードで入れる管理者を2名\n\n## 手順\n\n1. 設定 > シングルサインオン > 証明書 を開き、「追加」を押します。証明書は2枚まで並べられます。\n2. 認証基盤の側で新しい証明書を有効にします。\n3. 1人でログインを確かめます。\n4. 古い証明書を削除します。\n\n## うまくいかないとき\n\n| 表示 | 原因 | 直し方 |\n|---|---|---|\n| `invalid_signature` | 新しい証明書が足りない | 手順1に戻る |\n| `expired` | 古い証明書が切れている | パスワードで入り、手順1から |\n\n### 自動にするには\n\nメタデータの URL を登録すると、6時間ごとに読み直します。",
        (
            "Renew the SSO certificate without an outage",
            "Sign-in stops when the old certificate is removed first. Add the new one, switch, then remove the old one.\n\n## Before you begin\n\n- Company administrator rights\n- The new certificate (PEM)\n- Two administrators who can sign in with a password\n\n## Steps\n\n1. Open Settings > Single sign-on > Certificates and choose Add. Two certificates can stand side by side.\n2. Activate the new certificate in your identity provider.\n3. Let one person sign in.\n4. Remove the old certificate.\n\n## When it does not work\n\n`invalid_signature` means the new certificate is missing here: go back to step 1.",
        ),
    ),
    Guide(
        "approve-many-invoices",
        "billing",
        ("請求書", "承認フロー"),
        "請求書をまとめて承認する",
        "月末の請求書は、一覧から一度に承認できます。\n\n## できる条件\n\n1. 同じ承認段階にいること\n2. 添付ファイルを開いた記録があること\n3. 1回に200件まで\n\n## 手順\n\n1. 承認待ちの一覧を部門や取引先で絞り込みます。\n2. 左の四角で選び、「まとめて承認」を押します。\n3. 合計金額を確かめて確定します。\n\n## 監査のために\n\n監査ログには1件ずつ残ります。あとから「誰が、いつ、まとめて承認したか」を出せます。",
        (
            "Approve many invoices at once",
            "Invoices at the end of the month can be approved together from the list.\n\n## Conditions\n\n1. All are at the same step\n2. Their attachments have been opened\n3. At most 200 at a time\n\n## Steps\n\nFilter the list, select the rows, choose Approve selected, and check the total before you confirm. The audit log keeps one entry per invoice.",
        ),
    ),
    Guide(
        "csv-character-encoding",
        "accounting",
        ("CSV", "文字コード"),
        "CSV の文字化けと先頭のゼロを防ぐ",
        "## 書き出すとき\n\n- Excel で開くなら **UTF-8（BOM つき）**\n- 古い基幹システムに渡すなら Shift_JIS（「髙」「﨑」は入りません）\n\n## Excel で直すとき\n\nダブルクリックで開かず、データ > テキストまたは CSV から を使い、コードの列を「テキスト」にします。\n\n## 取り込むとき\n\n文字コードと区切りは自動で見分けます。先に「試し取り込み」で確かめてください。",
        (
            "Avoid garbled text and lost zeros in CSV files",
            "## Exporting\n\nChoose UTF-8 with BOM for Excel, Shift_JIS only for old systems.\n\n## Editing in Excel\n\nUse Data > From Text/CSV and set code columns to Text; a double click loses leading zeros.\n\n## Importing\n\nEncoding and separator are recognised. Use the dry run first.",
        ),
    ),
    Guide(
        "fix-entries-after-closing",
        "accounting",
        ("仕訳", "月次締め"),
        "締めたあとの仕訳を安全に直す",
        "## まず考えること\n\n締めた月は開けないのが原則です。金額が社内の基準より小さければ、当月に振替仕訳を切ります。\n\n## 振替で直す\n\n1. 当月の日付で、元の仕訳の逆と正しい仕訳を入れます。\n2. 摘要に元の伝票番号を書きます。\n\n## どうしても開けるとき\n\n「締め後修正」の権限を持つ人が、理由を書いて直します。直した仕訳は一覧で別に出せます。",
    ),
    Guide(
        "webhook-resend",
        "integration",
        ("Webhook", "API"),
        "届かなかった Webhook を再送する",
        '## 自動の再送\n\n失敗すると、5秒・5分・30分・2時間・5時間・10時間・10時間の順に送り直します。\n\n## 手で再送する\n\n設定 > 連携 > 配信履歴 で選んで「再送」を押します。\n\n## 受け取る側で必ずすること\n\n```python\nif seen(headers["webhook-id"]):\n    return 200\n```\n\n同じ ID は2回届くことがあります。1回だけ処理してください。',
        (
            "Send missed webhooks again",
            "## Automatic retries\n\nAfter 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h.\n\n## By hand\n\nSettings > Integrations > Deliveries, select, Resend.\n\n## On your side\n\nThe same `webhook-id` can arrive twice. Handle it once.",
        ),
    ),
    Guide(
        "delegate-approval",
        "workflow",
        ("承認フロー", "代理"),
        "休暇中の承認を代理に任せる",
        "## 期間を決めて任せる\n\n個人設定 > 代理 で、期間と代理人を選びます。\n\n## すでに届いている申請\n\n代理の設定は**これから届く申請**に効きます。届いているものは開いて「引き継ぐ」を押してください。\n\n## 記録\n\n代理の承認には、両方の名前が残ります。",
    ),
    Guide(
        "invoice-number-check",
        "billing",
        ("インボイス", "税区分"),
        "適格請求書の登録番号をまとめて確かめる",
        "## 一括照合\n\n取引先 > 一括操作 > 「登録番号を照合」を選びます。公表情報と名前・所在地を突き合わせます。\n\n## 番号がないとき\n\n- 2026年9月まで: 経過措置80%\n- 2026年10月から: 経過措置50%\n\n日付で自動に切り替わる設定があります。",
    ),
    Guide(
        "data-migration-order",
        "general",
        ("データ移行", "CSV"),
        "データ移行は、この順番で",
        "## 順番\n\n1. 部門\n2. 社員\n3. 取引先\n4. 勘定科目と補助科目\n5. 明細\n\n## 試し取り込み\n\n何も書き込まずに、新規・更新・スキップ・エラーの件数が出ます。何回でもできます。\n\n## エラーの直し方\n\nエラーの行だけを CSV で落とし、直して同じ画面に上げます。",
    ),
)
