from inbox.models.attachments import Attachment
from inbox.models.audit import AuditEntry, AuditHead
from inbox.models.backups import Backup
from inbox.models.candidates import Candidate
from inbox.models.desk import BulkChange, BulkRow, CannedReply, Note, Tag
from inbox.models.details import Details, NamedCustomer
from inbox.models.drafts import Draft, DraftFile
from inbox.models.events import Event
from inbox.models.invitations import Invitation
from inbox.models.live_changes import LiveChange
from inbox.models.marketplaces import Access, Marketplace
from inbox.models.mirror_state import MirrorState
from inbox.models.outgoing import ActionsWhenSent, Destination, Outgoing, OutgoingFile
from inbox.models.people import Notification, Signature
from inbox.models.policies import GroupPolicy
from inbox.models.presets import MarketplacePreset
from inbox.models.privacy import Erasure, ErasureKey, ErasureMark
from inbox.models.resolutions import Resolution
from inbox.models.rollups import Rollup, RollupChange, RollupState
from inbox.models.saved import ReportMail, ReportSubscription, SavedReport, SavedView
from inbox.models.score_readings import ScoreReading
from inbox.models.sign_ins import SessionUse, SignInAttempt
from inbox.models.spans import Span
from inbox.models.structs import Entity, Participant
from inbox.models.tallies import Tally
from inbox.models.threads import Message, Thread
from inbox.models.topic_paces import TopicPace
from inbox.models.users import User
from inbox.models.visits import Visit

__all__ = [
    "Access",
    "ActionsWhenSent",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Backup",
    "BulkChange",
    "BulkRow",
    "Candidate",
    "CannedReply",
    "Destination",
    "Details",
    "Draft",
    "DraftFile",
    "Entity",
    "Erasure",
    "ErasureKey",
    "ErasureMark",
    "Event",
    "GroupPolicy",
    "Invitation",
    "LiveChange",
    "Marketplace",
    "MarketplacePreset",
    "Message",
    "MirrorState",
    "NamedCustomer",
    "Note",
    "Notification",
    "Outgoing",
    "OutgoingFile",
    "Participant",
    "ReportMail",
    "ReportSubscription",
    "Resolution",
    "Rollup",
    "RollupChange",
    "RollupState",
    "SavedReport",
    "SavedView",
    "ScoreReading",
    "SessionUse",
    "SignInAttempt",
    "Signature",
    "Span",
    "Tag",
    "Tally",
    "Thread",
    "TopicPace",
    "User",
    "Visit",
]
