"""The only settings file.

Laptop and production differ in nothing but the environment variables it reads.
"""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.deploy.environment import broker_url, env
from portal.monitoring import logs

django_stubs_ext.monkeypatch()  # forms.ModelForm[User] works at run time too

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what kind of place this is ---
# `development` is what `manage.py up` starts on a laptop: plain http on loopback. Anything else is
# `production`.
HAZUMI_ENVIRONMENT = env.str("HAZUMI_ENVIRONMENT", "development")
PRODUCTION = HAZUMI_ENVIRONMENT == "production"
DEBUG = env.bool("HAZUMI_DEBUG", False)

SECRET_KEY = env.str(
    "SECRET_KEY",
    "" if PRODUCTION else "development-only-key-that-never-leaves-this-laptop-0123456789",
)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
if PRODUCTION and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured("SECRET_KEY must be a random string of at least 50 characters.")

HAZUMI_BASE_URL = env.str("HAZUMI_BASE_URL", "http://localhost:8000").rstrip("/")
HAZUMI_COMPANY_NAME = env.str("HAZUMI_COMPANY_NAME", "はずみ")
# In production only the configured name: a page asked for as "localhost" would write such links.
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    [
        urlsplit(HAZUMI_BASE_URL).hostname or "localhost",
        *([] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]),
    ],
)
CSRF_TRUSTED_ORIGINS = [HAZUMI_BASE_URL] if HAZUMI_BASE_URL.startswith("https://") else []
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)

# --- installed apps, lowest layer first ---
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "portal.apps.StaticConfig",
    "django.contrib.postgres",
    "django.contrib.admin",
    "portal.apps.PortalConfig",
    "portal.core",
    "portal.monitoring",
    "portal.events",
    "portal.audit",
    "portal.accounts",
    "portal.engagement",
    "portal.search",
    "portal.delivery",
    "portal.notifications",
    "portal.api",
    "community",
    "portal.teams",
    "portal.flywheel",
    "referrals",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.microsoft",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    # first: /r/<code> needs nothing that follows; see WSGI_AROUND
    "referrals.edge.redirect.RedirectMiddleware",
    # scripts for pages elsewhere: no session, no Vary
    "referrals.embed.middleware.EmbedMiddleware",
    "portal.monitoring.prometheus.RequestMetrics",
    "portal.middleware.ContentPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.accounts.middleware.LanguageMiddleware",
    "portal.middleware.RefuseUnreadableInput",  # says no in the reader's language
    # before CommonMiddleware, which would redirect to the slash
    "portal.api.middleware.ApiAddresses",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.accounts.staff_sessions.StaffSessionMiddleware",
    "portal.accounts.middleware.GuardMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "portal.accounts.reauthentication.ReauthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.RequestLog",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
WSGI_AROUND = (
    "referrals.edge.redirect.RedirectApplication",
)  # /r/<code> costs less than Django's own first step
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.frame",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "portal.core.templatetags.display",
            ],
        },
    }
]
COTTON_DIR = "cotton"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(INSTALLED_APPS.index("django.contrib.admin"), "django.forms")

# --- PostgreSQL and Redis ---
DATABASE_URL = env.str("DATABASE_URL", "postgresql:///hazumi")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", DATABASE_URL)}
DATABASES["default"].update(
    ENGINE="portal.core.db.postgresql",
    # the pool keeps connections; a fresh one costs 25 times the CPU of a pooled one
    CONN_MAX_AGE=0,
    CONN_HEALTH_CHECKS=False,
    ATOMIC_REQUESTS=False,
)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "pool": {
            "min_size": env.int("DATABASE_POOL_MIN", 1),
            "max_size": env.int("DATABASE_POOL_MAX", 8),
            "timeout": env.float("DATABASE_POOL_TIMEOUT", 10.0),
            # then the next request tries at once, instead of a pause that doubles each time
            "reconnect_timeout": 3.0,
        },
        "server_side_binding": True,
        "connect_timeout": 3,
        "options": "-c statement_timeout=30000 -c lock_timeout=10000 -c "
        "idle_in_transaction_session_timeout=60000",
    }
)
# Statements asked all the time are planned once per connection; off where a pooler in between
# cannot keep them.
DATABASE_PREPARED = env.bool("DATABASE_PREPARED", True)
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")

CACHES = {
    "default": {
        "BACKEND": "portal.core.web.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "hz",
        # a frozen Redis must not hold a page for longer
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}

# --- jobs ---
CELERY_BROKER_URL = broker_url(REDIS_URL)
# The queues a worker serves; a task on another one would never run, and a test says so.
QUEUES = ("default", "events", "search", "delivery", "clicks")
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,  # a frozen broker must not hold a customer's request for longer
}
CELERY_TASK_DEFAULT_QUEUE = "default"
# The named queues, by where a task lives: a flood of one kind never holds up another.
CELERY_TASK_ROUTES = {
    "portal.events.*": {"queue": "events"},
    "portal.search.*": {"queue": "search"},
    "portal.delivery.*": {"queue": "delivery"},
    "portal.notifications.*": {"queue": "delivery"},
    "referrals.tasks.drain_clicks": {"queue": "clicks"},
}
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.1}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "portal.core.jobs.beat_clock:ClockScheduler"

# The one table of periodic tasks: name -> (task, seconds). Each line has its reason.
PERIODIC_TASKS = {
    # A sign of life of the periodic tasks, which /healthz reads; workers send their own.
    "heartbeat": ("portal.monitoring.tasks.heartbeat", 10),
    # Finds events whose wake-up was lost, and retries failed handlings.
    "events-sweep": ("portal.events.tasks.sweep", 10),
    # Asks every signal rule what holds now; asking late or twice gives the same signals.
    "teams-rules": ("portal.teams.tasks.sweep_rules", 60),
    # The teams' morning mail; the first look after half past eight on a business day queues it,
    # once.
    "teams-digests": ("portal.teams.tasks.send_digests", 300),
    # Confirms by silence and writes the daily values that are missing; an hour late changes
    # nothing.
    "flywheel-turn-over": ("portal.flywheel.tasks.turn_over", 3600),
    # Sessions, devices and changes of address are kept for a while only.
    "accounts-forget": ("portal.accounts.tasks.forget", 86_400),
    # Long jobs whose worker was killed go on from their last batch.
    "long-jobs-resume": ("portal.core.tasks.resume_stalled_jobs", 20),
    # Deliveries whose time has come, and those a dead worker held.
    "delivery-sweep": ("portal.delivery.tasks.deliver_due", 10),
    # The log of calls is kept 90 days.
    "delivery-forget": ("portal.delivery.tasks.forget_old_attempts", 6 * 3600),
    # Daily and weekly mails, at eight in the morning of each reader's own clock.
    "notifications-digests": ("portal.notifications.tasks.put_due_digests", 900),
    # Indexes documents whose enqueue was lost.
    "search-sweep": ("portal.search.tasks.index_queued", 15),
    # Pictures that were sent for a text that never came; a week passes first.
    "community-attachments": ("community.tasks.remove_unused_attachments", 24 * 3600),
    # Texts of an earlier renderer, and those that mention somebody by a former name.
    "community-rendering": ("community.tasks.render_outdated", 60),
    # Clicks wait in a Redis stream; counts on pages are seconds old, not minutes.
    "referrals-drain": ("referrals.tasks.drain_clicks", 3),
    # The hold of approved rewards ends by the day; unapproved ones stay.
    "referrals-holds": ("referrals.tasks.end_reward_holds", 600),
    # Silence, warnings and ends of introductions are counted in days; an hour late changes nothing.
    "referrals-promises": ("referrals.tasks.enforce_sla", 3600),
    # A parked fact's prerequisite may have come through a page instead of the API.
    "referrals-parked": ("referrals.tasks.retry_deferred", 60),
    # A message that was kept but not processed: its web process died, or something failed that may
    # work now.
    "referrals-inbound": ("referrals.tasks.retry_inbound", 30),
    # Alerts staff once of each overdue inbound record; ten minutes are precise enough.
    "referrals-alarm": ("referrals.tasks.alert_stale_records", 600),
    # What other systems sent is kept 90 days as it came, its id for ever.
    "referrals-forget": ("referrals.tasks.prune_inbound", 86_400),
    # The ledger is checked every night, and the page says when.
    "referrals-books": ("referrals.tasks.check_ledger", 86_400),
    # The analytics derive and add up what changed when they are opened; after many clicks that
    # should be done already.
    "referrals-milestones": ("referrals.tasks.refresh_milestones", 15),
    # How introductions spread is judged by months: five minutes ago is now, and the page says when
    # it was.
    "referrals-spread": ("referrals.tasks.count_spread", 300),
    # A link nobody shared is no hurry; once a day is often enough.
    "referrals-unshared": ("referrals.tasks.remind_unshared", 86_400),
    # Raw clicks have a retention; the daily counts stay.
    "referrals-prune": ("referrals.tasks.prune_clicks", 86_400),
}

# --- people ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.accounts.passwords.MinimumLength", "OPTIONS": {"min_length": 8}},
    {
        "NAME": "portal.accounts.passwords.NotSimilarToName",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
    {"NAME": "portal.accounts.passwords.NotCommonPassword"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 60 * 60 * 4
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

MFA_ADAPTER = "portal.accounts.adapters.MFAAdapter"
ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "portal.accounts.adapters.SocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "portal.accounts.forms.signup.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HAZUMI_BASE_URL.startswith("https://") else "http"
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # portal/accounts/login_limits.py counts these
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Hazumi"
# Staff pages open only to accounts with a second factor; on a laptop the demo log-ins have none.
HAZUMI_STAFF_SECOND_FACTOR = env.bool("HAZUMI_STAFF_SECOND_FACTOR", PRODUCTION)
# A session of staff ends unused after so many hours, and after so many in any case.
HAZUMI_STAFF_IDLE_HOURS = env.float("HAZUMI_STAFF_IDLE_HOURS", 8.0)
HAZUMI_STAFF_SESSION_HOURS = env.float("HAZUMI_STAFF_SESSION_HOURS", 168.0)
HAZUMI_REFERENCE_CALLS_PER_PERSON = env.int("HAZUMI_REFERENCE_CALLS_PER_PERSON", 2)  # in 90 days
HAZUMI_REFERENCE_CALLS_PER_COMPANY = env.int("HAZUMI_REFERENCE_CALLS_PER_COMPANY", 4)
HAZUMI_WRITES_PER_MINUTE = env.int("HAZUMI_WRITES_PER_MINUTE", 120)
USERSESSIONS_TRACK_ACTIVITY = False

# A member whose address the provider has confirmed comes in as themselves; an unconfirmed address
# opens nothing.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {}
if env.str("GOOGLE_CLIENT_ID", ""):
    SOCIALACCOUNT_PROVIDERS["google"] = {
        "APPS": [
            {
                "client_id": env.str("GOOGLE_CLIENT_ID"),
                "secret": env.str("GOOGLE_CLIENT_SECRET", ""),
            }
        ]
    }
if env.str("MICROSOFT_CLIENT_ID", ""):
    _tenant = env.str("MICROSOFT_TENANT", "organizations")
    SOCIALACCOUNT_PROVIDERS["microsoft"] = {
        "APPS": [
            {
                "client_id": env.str("MICROSOFT_CLIENT_ID"),
                "secret": env.str("MICROSOFT_CLIENT_SECRET", ""),
                "settings": {"tenant": _tenant},
            }
        ],
        # Any tenant may write any address into its accounts: believed only of the one tenant that
        # is named.
        "VERIFIED_EMAIL": _tenant not in ("common", "organizations", "consumers"),
    }
if env.str("OIDC_CLIENT_ID", ""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": env.str("OIDC_PROVIDER_ID", "sso"),
                "name": env.str("OIDC_NAME", "SSO"),
                "client_id": env.str("OIDC_CLIENT_ID", ""),
                "secret": env.str("OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": env.str("OIDC_SERVER_URL", "")},
            }
        ]
    }
SAML_ENABLED = bool(env.str("SAML_IDP_METADATA_URL", ""))
if SAML_ENABLED:
    INSTALLED_APPS.append("allauth.socialaccount.providers.saml")
    SOCIALACCOUNT_PROVIDERS["saml"] = {
        "APPS": [
            {
                "name": env.str("SAML_NAME", "SAML"),
                "client_id": env.str("SAML_ORGANIZATION_SLUG", "sso"),
                "provider_id": env.str("SAML_IDP_ENTITY_ID", ""),
                "settings": {
                    "idp": {
                        "entity_id": env.str("SAML_IDP_ENTITY_ID", ""),
                        "metadata_url": env.str("SAML_IDP_METADATA_URL", ""),
                    },
                    "attribute_mapping": {
                        "uid": "uid",
                        "email": "email",
                        "email_verified": "email_verified",
                    },
                },
            }
        ]
    }

# --- language and time ---
LANGUAGE_CODE = env.str("HAZUMI_LANGUAGE", "ja")
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "hz_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
# The site's business calendar until an administrator saves one under Settings
TIME_ZONE = env.str("HAZUMI_TIME_ZONE", "Asia/Tokyo")
HAZUMI_COUNTRY: str | None = env.str("HAZUMI_COUNTRY", None)  # none: the country of the time zone
HAZUMI_WORKING_HOURS = env.str("HAZUMI_WORKING_HOURS", "09:00-18:00")
USE_TZ = True
USE_I18N = True

# --- files ---
STATIC_URL = "/static/"
HAZUMI_DATA_DIR = Path(env.str("HAZUMI_DATA_DIR", str(BASE_DIR / ".data")))
STATIC_ROOT = HAZUMI_DATA_DIR / "static"
MEDIA_ROOT = HAZUMI_DATA_DIR / "media"
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "portal.core.web.static_storage.DigestStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

# --- mail ---
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if env.str("EMAIL_URL", "") or PRODUCTION
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = HAZUMI_DATA_DIR / "mail"
if env.str("EMAIL_URL", ""):
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Hazumi <hazumi@localhost>")

# --- what a browser may do ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    },
}
# Where the page that hands over to an identity provider may lead: only our settings say which, and
# over TLS.
IDENTITY_PROVIDERS_AT = ["https:"] if PRODUCTION else ["https:", "http:"]
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_ENGINE = "portal.accounts.sessions"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
SECURE_TLS = HAZUMI_BASE_URL.startswith("https://")
if SECURE_TLS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- the API ---
REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_SCHEMA_CLASS": "portal.api.schema.Schema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.api.parsers.PlainJSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api.permissions.Nobody"],  # default deny
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.api.authentication.KeyAuthentication"],
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.throttling.KeyThrottle"],
    "DEFAULT_PAGINATION_CLASS": "portal.api.pagination.KeyPagination",
    "EXCEPTION_HANDLER": "portal.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hazumi API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "TopicKindEnum": "community.topic_kinds.choices",
        "PostKindEnum": "community.models.Post.Kind",
    },
}

# Addresses outgoing calls may reach although they are not public ("host:port"); for tests and
# development only.
HAZUMI_HTTP_ALLOW_HOSTS: list[str] = env.list("HAZUMI_HTTP_ALLOW_HOSTS", [])

# --- what can be seen from outside: logs without people in them, numbers for whoever holds the
# token ---
LOGGING = logs.configure(
    as_json=env.str("HAZUMI_LOG_FORMAT", "json" if PRODUCTION else "plain") == "json",
    level=env.str("HAZUMI_LOG_LEVEL", "INFO"),
)
DJANGO_STRUCTLOG_CELERY_ENABLED = (
    True  # a task's lines carry the id of the request that enqueued it
)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = (
    ""  # would ask the database on pages that need no user; portal/monitoring/logs.py binds it
)
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_SUCCESS_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG
HAZUMI_METRICS_TOKEN = env.str("HAZUMI_METRICS_TOKEN", "")
