"""What each business table is, where it is no record of its own: what hangs on a record and is journalled with it, what
follows from records and is written anew, what is no business of the journal."""

HANGS = {  # the record on which it is journalled, and the name there
    "accounts.AccountTag": ("accounts.Account", "tags"),
    "accounts.AccountUserGrant": ("accounts.Account", "shares"),
    "accounts.AccountGroupGrant": ("accounts.Account", "shares"),
    "accounts.ListedAccount": ("accounts.Account", "lists"),
    "accounts.ContactTag": ("accounts.Contact", "tags"),
    "accounts.ContactUserGrant": ("accounts.Contact", "shares"),
    "accounts.ContactGroupGrant": ("accounts.Contact", "shares"),
    "accounts.ListedContact": ("accounts.Contact", "lists"),
    "accounts.ContactList_groups": ("accounts.ContactList", "groups"),
    "activities.ActivityLink": ("activities.Activity", "linked"),
    "opportunities.Assignment": ("opportunities.Opportunity", "assignees"),
    "opportunities.Line": ("opportunities.Opportunity", "line"),
    "opportunities.Involvement": ("opportunities.Opportunity", "people"),
    "opportunities.OpportunityTag": ("opportunities.Opportunity", "tags"),
    "opportunities.OpportunityUserGrant": ("opportunities.Opportunity", "shares"),
    "opportunities.OpportunityGroupGrant": ("opportunities.Opportunity", "shares"),
    "opportunities.SavedView_groups": ("opportunities.SavedView", "groups"),
    "opportunities.SavedView_first_of": ("opportunities.SavedView", "first_of"),
    "users.User_groups": ("users.User", "groups"),
}

FOLLOWS = {  # what it follows from
    "accounts.AccountAccess": "owner, team, shares",
    "accounts.ContactAccess": "owner, team, shares",
    "opportunities.OpportunityAccess": "owner, team, assigned people, shares",
    "accounts.AccountValue": "custom values",
    "accounts.ContactValue": "custom values",
    "opportunities.OpportunityValue": "custom values",
    "accounts.AccountKey": "names, addresses, numbers",
    "accounts.ContactKey": "names, addresses, numbers",
    "opportunities.OpportunityPeriod": "what an opportunity was, change by change",
    "tasks.Reminder": "a task's date and whom it is for",
}

APART = {  # why the journal does not keep it
    "crm.Archive": "a job and its file",
    "core.House": "one row of settings; its changes are in the journal, and are not taken back by a click",
    "core.Job": "how far a job is",
    "core.Pulse": "that a worker lives",
    "records.Operation": "the journal itself",
    "records.Change": "the journal itself",
    "records.Erasure": "stands only while a transaction overwrites the journal",
    "records.Purge": "a job",
    "records.Undo": "the receipt of an undo",
    "records.UndoLine": "the receipt of an undo",
    "attributes.Indexing": "a job",
    "opportunities.Bulk": "the receipt of a bulk action",
    "opportunities.BulkLine": "the receipt of a bulk action",
    "opportunities.Following": "a job",
    "activities.CalendarFeed": "a secret address; in the journal it would be readable",
    "users.Notice": "what somebody was told stays told",
    "users.User_user_permissions": "never written: rights come from profiles and shares",
    "transfers.Export": "a job and its file",
    "transfers.Held": "what an exported workbook held when it left",
    "transfers.Import": "a job and its receipt",
    "transfers.ImportChunk": "a job and its receipt",
    "transfers.ImportLine": "a job and its receipt",
    "transfers.ImportConflict": "a job and its receipt",
    "transfers.ImportLink": "a job and its receipt",
}

WITHOUT_UNDO = {  # records whose changes nobody takes back by a click, and why
    "users.User": "whoever gives rights looks at each",
    "users.Profile": "whoever gives rights looks at each",
}
NEVER_AWAY = {  # records that are always in use, and why
    "users.User": "people are deactivated, and stay named where they were",
    "tasks.WorkingWeek": "there is one",
}
ONLY_TOLD = {("users.User", "groups"), ("users.User", "second_factor")}  # hang, and are not written back
