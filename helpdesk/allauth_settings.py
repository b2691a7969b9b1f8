"""What the desk has decided of django-allauth, for every installation."""

ACCOUNT_ADAPTER = "inbox.accounts.AccountAdapter"
# Only admins add people.
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
# A link ends with the password or address that it was made for.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3600
# The desk's own limits are in the database: they hold without Redis.
ACCOUNT_RATE_LIMITS = False
AUTHENTICATION_BACKENDS = ["inbox.services.people.backend.Backend"]
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
MFA_ADAPTER = "inbox.accounts.FactorAdapter"
MFA_FORMS = {
    "authenticate": "inbox.forms.factors.AuthenticateForm",
    "reauthenticate": "inbox.forms.factors.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Helpdesk"
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# Addresses are entered by admins.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = False
