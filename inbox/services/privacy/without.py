"""Models that hold nothing of customers: ids, times and data of colleagues and of the desk."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from inbox.models import (
    Access,
    AuditEntry,
    AuditHead,
    Backup,
    BulkChange,
    BulkRow,
    Erasure,
    ErasureKey,
    ErasureMark,
    Event,
    GroupPolicy,
    Invitation,
    LiveChange,
    Marketplace,
    MarketplacePreset,
    Notification,
    ReportMail,
    ReportSubscription,
    Resolution,
    Rollup,
    RollupChange,
    RollupState,
    ScoreReading,
    SessionUse,
    SignInAttempt,
    Tally,
    TopicPace,
    User,
    Visit,
)

WITHOUT = {
    *(Access, AuditEntry, AuditHead, Backup, BulkChange, BulkRow, ContentType, Erasure),
    *(ErasureKey, ErasureMark, Event, Group, LiveChange, LogEntry, Marketplace),
    *(MarketplacePreset, Notification, Permission, ReportMail, ReportSubscription, Resolution),
    *(Rollup, RollupChange, RollupState, ScoreReading, SignInAttempt, Tally, TopicPace),
    *(GroupPolicy, Invitation, SessionUse, User, Visit),
}
