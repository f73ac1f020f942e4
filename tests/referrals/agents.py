"""User agents as they are sent: people in browsers and apps, and programs of many kinds."""

from __future__ import annotations

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
DESKTOPS = (
    "Windows NT 10.0; Win64; x64",
    "Windows NT 6.1; WOW64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "X11; CrOS x86_64 15917.0.0",
    "X11; Ubuntu; Linux aarch64",
)
BRANDS = (
    "",
    " Edg/141.0.0.0",
    " OPR/121.0.0.0",
    " Vivaldi/7.5",
    " YaBrowser/25.8.0.0 Yowser/2.5",
    " Avast/140.0.0.0",
    " Norton/140.0.0.0",
    " Whale/4.30.291.11",
    " Sleipnir/6.5.3",
    " Brave/1.80",
    " CCleaner/140.0.0.0",
)
PHONES = (
    "SO-51D",
    "SC-52D",
    "SH-53D",
    "Pixel 9 Pro",
    "CUBOT P60",
    "CUBOT_NOTE_S",
    "moto g(20)",
    "2201117TG",
    "SM-S921Q Build/UP1A.231005.007",
    "KYV48",
    "F-51B",
    "TECNO BG6",
    "Lenovo TB-X505F",
    "K",
)
# What an app with a browser in it says at the end, on Android and on an iPhone.
APPS = (
    "Line/14.19.0/IAB",
    "Instagram 350.0.0.46.110 Android (34/14; 420dpi; 1080x2340; samsung; SC-52D; ja_JP)",
    "[FB_IAB/FB4A;FBAV/480.0.0.54.88;IABMV/1;]",
    "Viber/24.6.0.0",
    "MicroMessenger/8.0.50.2701 NetType/WIFI Language/ja",
    "KAKAOTALK 10.8.0",
    "YJApp-ANDROID jp.co.yahoo.android.yjtop/3.190.0",
    "SmartNews/24.10",
    "LinkedInApp/4.1.1010",
    "TwitterAndroid",
    "Snapchat/13.12.0.41 (like Safari/604.1)",
    "musical_ly_2023 BytedanceWebview/d8a21c6",
    "Telegram-Android/11.4.2 (Samsung SC-52D; Android 14; SDK 34; HIGH)",
    "QRCodeScanner/3.1",
    "BarcodeScanner/4.7.8",
    "DocumentScanner/2.0",
    "GSA/15.40.35.28.arm64",
    "Puffin/10.4AP",
    "NHKNews/5.1",
    "NewsPicks/10.2",
    "Discord/252.0",
    "Teams/24231.512",
    "Outlook-Android/2.0",
    "Chatwork/12.1",
    "Pinterest for Android/12.40",
)
IPHONE_APPS = (
    "Version/18.1 Mobile/15E148 Safari/604.1",
    "CriOS/140.0.7339.122 Mobile/15E148 Safari/604.1",
    "FxiOS/140.0 Mobile/15E148 Safari/605.1.15",
    "EdgiOS/140.0.3485.94 Version/18.0 Mobile/15E148 Safari/604.1",
    "GSA/340.0 Mobile/15E148 Safari/604.1",
    "Mobile/15E148 Safari Line/14.19.1/IAB",
    "Mobile/15E148 Instagram 350.0.0.0 (iPhone15,2; iOS 18_1; ja_JP; ja)",
    "Mobile/15E148 [FBAN/FBIOS;FBAV/480.0.0.0;FBBV/1;FBDV/iPhone15,2]",
    "Mobile/15E148 Viber/24.5.0",
    "Mobile/15E148 Twitter for iPhone/10.60",
    "Mobile/15E148 [LinkedInApp]/9.30.1",
    "Mobile/15E148 Safari/604.1 YJApp-IOS jp.co.yahoo.ipn.appli/4.120.0",
    "Mobile/15E148 SmartNews/24.10",
    "Version/18.1 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15",
    "Version/18.0 Mobile/15E148 Safari/605.1.15 BingSapphire/28.5.4",
    "Mobile/15E148 QRScanner/5.2",
    "Mobile/15E148 Outlook-iOS/4.2440.0",
    "Mobile/15E148",
)
OLD = (
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; .NET4.0C)",
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
    "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; Microsoft Outlook 16.0.17928) like Gecko",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Thunderbird/128.3.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Goanna/6.7 PaleMoon/33.4",
    "Lynx/2.8.9rel.1 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.1.1w",
    "w3m/0.5.3+git20230121",
    "Links (2.29; Linux 6.1 x86_64; GNU C 12.2; text)",
    "ELinks/0.16.1 (textmode; Linux; 80x24-2)",
    "Dillo/3.2.0-dev",
    "NetSurf/3.11 (Linux)",
    "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; ja) Presto/2.12.423 Version/12.16",
    "DoCoMo/2.0 SH04H(c500;TB;W24H16)",
    "SoftBank/2.0/304SH/SHJ001/SN000 NetFront/4.2",
    f"Mozilla/5.0 (Nintendo Switch; WebApplet) {WEBKIT} NF/6.0 NintendoBrowser/5.1",
    f"Mozilla/5.0 (PlayStation; PlayStation 5/9.00) {APPLE} Version/17.0 Safari/605.1.15",
    f"Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) {WEBKIT} 94.0.4606.31/7.0 TV Safari/537.36",
    f"Mozilla/5.0 (Web0S; Linux/SmartTV) {WEBKIT} Chrome/94.0.4606.128 Safari/537.36",
    "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
)
PEOPLE = (
    *(
        f"Mozilla/5.0 ({desktop}) {WEBKIT} Chrome/140.0.0.0 Safari/537.36{brand}"
        for desktop in DESKTOPS
        for brand in BRANDS
    ),
    *(
        f"Mozilla/5.0 (Linux; Android 14; {phone}) {WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36"
        for phone in PHONES
    ),
    *(
        f"Mozilla/5.0 (Linux; Android 14; SC-52D; wv) {WEBKIT} Version/4.0 Chrome/140.0.0.0 "
        f"Mobile Safari/537.36 {app}"
        for app in APPS
    ),
    *(
        f"Mozilla/5.0 ({device} like Mac OS X) {APPLE} {app}"
        for device in ("iPhone; CPU iPhone OS 18_1", "iPad; CPU OS 17_6")
        for app in IPHONE_APPS
    ),
    *OLD,
)

CHROME = f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36"
SEARCH = (
    "Googlebot Googlebot-Image Googlebot-News Googlebot-Video bingbot adidxbot YandexBot "
    "Baiduspider DuckDuckBot Sogou Exabot SeznamBot Qwantbot MojeekBot PetalBot Yeti Daumoa "
    "coccocbot-web Applebot Amazonbot archive.org_bot CCBot Neevabot Kagibot BraveBot"
).split()
MODELS = (
    "GPTBot ChatGPT-User OAI-SearchBot ClaudeBot Claude-User Claude-SearchBot anthropic-ai "
    "PerplexityBot Perplexity-User Bytespider Google-Extended GoogleOther Meta-ExternalAgent "
    "meta-externalfetcher FacebookBot cohere-ai Diffbot AI2Bot Timpibot YouBot DeepSeekBot "
    "MistralAI-User DuckAssistBot ImagesiftBot omgili Webzio-Extended PanguBot Kangaroo"
).split()
MARKETING = (
    "AhrefsBot AhrefsSiteAudit SemrushBot MJ12bot DotBot rogerbot BLEXBot DataForSeoBot SEOkicks "
    "Screaming-Frog serpstatbot linkdexbot Barkrowler SiteAuditBot ZoominfoBot Dataprovider "
    "Linguee Cliqzbot TurnitinBot trendictionbot proximic AdsBot-Google Mediapartners-Google"
).split()
UNFURLERS = (
    "Slackbot-LinkExpanding Discordbot Twitterbot LinkedInBot TelegramBot redditbot Pinterestbot "
    "SkypeUriPreview Embedly Iframely vkShare Tumblr Bluesky Notionbot ZulipURLPreview "
    "Mattermost-Bot Synapse Nextcloud Friendica Pleroma Misskey Flipboard Feedly Inoreader Miniflux"
).split()
LIBRARIES = (
    "curl/8.9.1",
    "Wget/1.24.5",
    "python-requests/2.32.3",
    "python-httpx/0.27.2",
    "aiohttp/3.10.5",
    "Python-urllib/3.12",
    "Scrapy/2.11.2",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
    "Java/21.0.4",
    "Apache-HttpClient/5.3.1 (Java/21)",
    "axios/1.7.7",
    "node-fetch/3.3.2",
    "undici",
    "got/14.4.2",
    "Ruby",
    "Faraday v2.12.0",
    "GuzzleHttp/7",
    "PHP/8.3.12",
    "libwww-perl/6.77",
    "PostmanRuntime/7.42.0",
    "insomnia/10.0.0",
    "HTTPie/3.2.3",
    "reqwest/0.12.7",
    "Dart/3.5 (dart:io)",
    "Dalvik/2.1.0 (Linux; U; Android 14; SC-52D)",
    "CFNetwork/1568.100.1 Darwin/24.0.0",
    "WinHttp.WinHttpRequest.5",
    "Mozilla/5.0 WindowsPowerShell/5.1.22621",
    "RestSharp/112.0.0.0",
    "Elixir/1.17 Mint/1.6",
    "lua-resty-http/0.17",
    "UptimeRobot/2.0",
    "Pingdom.com_bot_version_1.4",
    "StatusCake",
    "Better Uptime Bot",
    "Datadog/Synthetics",
    "Zabbix 7.0",
    "kube-probe/1.31",
    "ELB-HealthChecker/2.0",
    "facebookexternalhit/1.1;line-poker/1.0",
    "WhatsApp/2.24.20.0 A",
    "Viber/13.3.0.4",
    "Mastodon/4.3.2 (http.rb/5.2.0; +https://mastodon.example/)",
    "Barracuda Sentinel (EE)",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
)
DRIVEN = (
    CHROME.replace("Chrome/", "HeadlessChrome/"),
    f"{CHROME} Puppeteer",
    f"{CHROME} Playwright/1.48",
    f"{CHROME} Chrome-Lighthouse",
    f"{CHROME} Google-InspectionTool/1.0",
    f"{CHROME} PTST/240912",
    f"{CHROME} DatadogSynthetics",
    f"{CHROME} Prerender (+https://github.com/prerender/prerender)",
    f"{CHROME} (compatible; Snap URL Preview Service; bot; snapchat)",
    f"{CHROME} BingPreview/1.0b",
    f"{CHROME} (ThousandEyes Agent)",
    f"{CHROME} GotSiteMonitor.com",
    f"Mozilla/5.0 (Unknown; Linux x86_64) {WEBKIT} PhantomJS/2.1.1 Safari/538.1",
    f"Mozilla/5.0 {WEBKIT}; compatible; NewCrawler/0.1; +https://new.example/about",
)
BOTS = (
    *(f"Mozilla/5.0 (compatible; {name}/1.0; +https://{name.lower()}.example/)" for name in SEARCH),
    *(f"Mozilla/5.0 {WEBKIT}; compatible; {name}/1.1; +https://x.example" for name in MODELS),
    *(f"Mozilla/5.0 (compatible; {name}; https://x.example/robot)" for name in MARKETING),
    *(f"{name} 1.0 (+https://x.example/robots)" for name in UNFURLERS),
    *(f"{CHROME} (compatible; {name}/2.0; +https://x.example)" for name in MODELS[:12]),
    *LIBRARIES,
    *DRIVEN,
)
