"""What can be imported and exported of each kind of record: the columns, by the names of the contract (DATA-1, DATA-8)."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from import_export.resources import Resource

from accounts.models import Account, Contact
from attributes.models import AttributedRecord
from opportunities.models import Line, Opportunity
from opportunities.models.lines import LONGEST
from records.models import Hanging
from transfers.added import added_columns
from transfers.columns import Column
from transfers.widgets import Amount, Choice, Date, Exact, Id, Named, Percent, Quantity, Text, Texts, WholeNumber

STATUS_WORDS = {
    "open": ("ouvert", "ouverte", "en cours", "in progress", "in_progress", "active"),
    "won": ("gagné", "gagnée", "closed won", "signée"),
    "lost": ("perdu", "perdue", "closed lost"),
    "cancelled": ("canceled", "annulé", "annulée", "abandonné", "abandonnée", "abandoned"),
}
PER_WORDS = {
    "once": ("one-off", "one off", "ponctuel", "unique"),
    "hour": ("hourly", "per hour", "par heure", "heure"),
    "day": ("daily", "per day", "par jour", "jour"),
    "week": ("weekly", "per week", "par semaine", "hebdomadaire", "semaine"),
    "month": ("monthly", "per month", "par mois", "mensuel", "mois"),
    "quarter": ("quarterly", "per quarter", "par trimestre", "trimestriel", "trimestre"),
    "year": ("yearly", "annual", "per year", "par an", "annuel", "année"),
}
KIND_WORDS = {"prospect": ("lead", "prospects"), "client": ("customer", "clients", "client actif")}


class RecordResource(Resource):
    model: ClassVar[Any]  # what a row is
    matches: ClassVar[tuple[str, ...]]  # by what a row may be found again, in the order of preference
    plural: ClassVar[str]

    fields: ClassVar[dict[str, Column]]

    @classmethod
    def record(cls) -> type[AttributedRecord]:
        """The records that rows are, or that they hang on: their gate decides, their journal is written."""
        record: type[AttributedRecord] = cls.model
        return record

    @classmethod
    def hanging(cls, name: str) -> Hanging | None:
        """What is called so in the changes of a row, if it is no column of its own."""
        return cls.record().hanging(name)

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """The columns by name, in the order of the export; those of the house's own fields and its tags are the last."""
        return {**cls.fields, **added_columns(cls.model)}

    @classmethod
    def match_label(cls, match: str) -> str:
        """The names of the columns by which a row is found again."""
        return " + ".join(str(cls.fields[name].label) for name in match.split("_") if name in cls.fields)

    @classmethod
    def exported(cls) -> dict[str, Column]:
        return {name: column for name, column in cls.columns().items() if column.exported}

    @classmethod
    def overwrites(cls) -> bool:
        """Whether an update leaves some columns alone unless told otherwise (DATA-3)."""
        return any(column.overwrite for column in cls.columns().values())


class OpportunityResource(RecordResource):
    model = Opportunity
    plural = "opportunities"
    matches = ("id", "reference", "name_account")

    id = Column(_("ID"), Id(), synonyms="id|opportunity id|id de l'opportunité|id opportunité|identifiant unique|n°")
    reference = Column(
        _("Reference"), Text(60), attribute="reference",
        synonyms="reference|ref|référence|identifiant|identifier|opportunity id|opportunity number|numéro|code|external id|"
        "n° affaire|no affaire|numéro d'affaire|n° de l'affaire|référence affaire|n° dossier|numéro de dossier|deal number",
    )  # fmt: skip
    name = Column(
        _("Opportunity"), Text(200), attribute="name", overwrite=True,
        synonyms="name|nom|opportunity|opportunité|opportunity name|nom de l'opportunité|deal|deal name|title|titre|"
        "intitulé|subject|objet|affaire|nom de l'affaire|libellé",
    )  # fmt: skip
    account = Column(
        _("Account"), Named(200), attribute="account_id", reference="account",
        synonyms="account|compte|client|société|company|customer|account name|company name|nom du compte|organisation|"
        "organization|entreprise|prospect|client ou prospect|nom du client|raison sociale",
    )  # fmt: skip
    contact = Column(
        _("Main contact"), Named(200), attribute="contact_id", reference="contact", overwrite=True,
        synonyms="contact|main contact|contact principal|contact name|nom du contact|interlocuteur|contact responsable|person",
    )  # fmt: skip
    pipeline = Column(
        _("Pipeline"), Named(80), attribute="pipeline_id", reference="pipeline", overwrite=True,
        synonyms="pipeline|pipe|sales pipeline|pipeline de vente",
    )  # fmt: skip
    stage = Column(
        _("Stage"), Named(80), attribute="stage_id", reference="stage", overwrite=True,
        synonyms="stage|étape|jalon|milestone|stage name|deal stage|sales stage|stade|stade de vente|phase|avancement",
    )  # fmt: skip
    status = Column(
        _("Status"), Choice(STATUS_WORDS), attribute="status",
        synonyms="status|statut|état|state|status id|outcome|issue",
    )  # fmt: skip
    probability = Column(
        _("Probability"), Percent(), attribute="probability",
        synonyms="probability|probabilité|proba|probability %|probabilité %|win probability|confidence",
    )  # fmt: skip
    amount = Column(
        _("Amount"), Amount(), attribute="amount",
        synonyms="amount|montant|value|valeur|expected value|valeur prévue|valeur attendue|montant potentiel|close value|"
        "deal value|deal amount|budget amount|expected revenue|montant attendu|montant ht|ca|chiffre d'affaires|total",
    )  # fmt: skip
    currency = Column(
        _("Currency"), Text(3), attribute="currency",
        synonyms="currency|devise|currency iso code|monnaie|budget amount currency",
    )  # fmt: skip
    opened_on = Column(
        _("Opened on"), Date(first=True), attribute="opened_on",
        synonyms="opened on|ouverte le|ouvert le|date d'ouverture|open date|opening date|engage date|start date|date de début",
    )  # fmt: skip
    due_on = Column(
        _("Expected close"), Date(), attribute="due_on",
        synonyms="due on|due|due date|échéance|date d'échéance|expected close|expected close date|expected closing|close date|"
        "date de clôture prévue|date clôture prév|clôture prévue|date de clôture prévisionnelle|expected close on|"
        "date de signature prévue|target date",
    )  # fmt: skip
    closed_on = Column(
        _("Closed on"), Date(), attribute="closed_on",
        synonyms="closed on|close on|closing date|date de clôture|clôturée le|close le|actual close date|closed date|"
        "actual closing|won on|gagnée le|clôture",
    )  # fmt: skip
    owner = Column(
        _("Owner"), Named(170), attribute="owner_id", reference="owner",
        synonyms="owner|propriétaire|responsable|commercial|sales agent|sales rep|salesperson|vendeur|owner name|"
        "opportunity owner|owner username|assigned to username|account manager|chargé d'affaires|resp",
    )  # fmt: skip
    assignees = Column(
        _("Assigned to"), Texts(), reference="owner",
        synonyms="assignees|assigned to|affecté à|collaborateurs affectés|collaborateur affecté|collaborators|collaborateurs",
    )  # fmt: skip
    source = Column(
        _("Source"), Named(80), attribute="source_id", reference="source",
        synonyms="source|lead source|provenance|canal|channel|source name",
    )  # fmt: skip
    lost_reason = Column(
        _("Lost reason"), Named(80), attribute="lost_reason_id", reference="lost_reason",
        synonyms="lost reason|motif de perte|raison de la perte|loss reason|close reason|close reason name|motif",
    )  # fmt: skip
    lost_note = Column(
        _("Note on the loss"),
        Text(),
        attribute="lost_note",
        synonyms="lost note|note de perte|commentaire sur la perte",
    )
    call_name = Column(_("Call name"), Text(60), attribute="call_name", synonyms="call name|nom d'appel|short name")
    site = Column(_("Site"), Named(120), attribute="site_id", reference="site", synonyms="site|site client|client site")
    status_on = Column(
        _("Status since"),
        Date(),
        attribute="status_on",
        synonyms="status on|status since|statut depuis le|date du statut|status date",
    )
    signature_on = Column(
        _("Expected signature"), Date(), attribute="signature_on",
        synonyms="signature on|expected signature|signature prévue|date de signature",
    )  # fmt: skip
    production_from = Column(
        _("Start of production"), Date(first=True), attribute="production_from",
        synonyms="production from|start of production|début de production",
    )  # fmt: skip
    production_to = Column(
        _("End of production"), Date(), attribute="production_to",
        synonyms="production to|end of production|fin de production",
    )  # fmt: skip
    origin_type = Column(
        _("Origin type"), Named(80), attribute="origin_type_id", reference="origin_type",
        synonyms="origin type|type d'origine|type origine",
    )  # fmt: skip
    origin = Column(
        _("Origin"), Named(80), attribute="origin_id", reference="origin", synonyms="origin|origine|campaign"
    )
    brief = Column(
        _("Brief"), Text(), attribute="brief",
        synonyms="brief|description|note|notes|commentaire|commentaires|comment|comments|remarque|remarques|remarks|observations|"
        "customer need|additional comments|besoin",
    )  # fmt: skip
    payment_per = Column(
        _("Payment"), Choice(PER_WORDS), attribute="payment_per",
        synonyms="payment per|payment|payment terms|paiement|conditions de paiement|time unit|périodicité|billing period",
    )  # fmt: skip
    payment_times = Column(
        _("Number of payments"), WholeNumber(), attribute="payment_times",
        synonyms="payment times|number of payments|nombre de paiements|nombre d'échéances",
    )  # fmt: skip
    category = Column(
        _("Category"), Named(80), attribute="category_id", reference="category",
        synonyms="category|catégorie|catégorie de revenu|revenue category|product category",
    )  # fmt: skip
    subcategory = Column(
        _("Subcategory"), Named(80), attribute="subcategory_id", reference="subcategory",
        synonyms="subcategory|sub category|sous-catégorie|sous catégorie de revenu",
    )  # fmt: skip
    establishment = Column(
        _("Establishment"), Named(80), attribute="establishment_id", reference="establishment",
        synonyms="establishment|établissement|agence|agency|branch",
    )  # fmt: skip
    sector = Column(
        _("Business sector"), Named(80), attribute="sector_id", reference="sector",
        synonyms="sector|business sector|secteur|secteur d'activité|industry",
    )  # fmt: skip
    family = Column(
        _("Family"), Named(80), attribute="family_id", reference="family", synonyms="family|famille|product family"
    )
    subfamily = Column(
        _("Sub-family"),
        Named(80),
        attribute="subfamily_id",
        reference="subfamily",
        synonyms="subfamily|sub-family|sous-famille",
    )
    people = Column(
        _("People"), Texts(), reference="people",
        synonyms="people|personnes|participants|stakeholders|parties prenantes|people on the opportunity|"
        "personnes sur l'opportunité|interlocuteurs",
    )  # fmt: skip
    account_id = Column(_("Account ID"), Id(), synonyms="account id|id du compte|id compte")
    contact_id = Column(
        _("Contact ID"), Id(), overwrite=True, synonyms="contact id|id du contact|id contact|contact name id"
    )


class AccountResource(RecordResource):
    model = Account
    plural = "accounts"
    matches = ("id", "code", "name")

    id = Column(_("ID"), Id(), synonyms="id|account id|id du compte|identifiant unique")
    code = Column(
        _("Code"), Text(60), attribute="code",
        synonyms="code|code client|client code|account code|account number|customer id|customerid|supplier id|n° client|"
        "numéro de compte|external id",
    )  # fmt: skip
    name = Column(
        _("Name"), Text(200), attribute="name", overwrite=True,
        synonyms="name|nom|account|compte|account name|company|company name|société|raison sociale|nom du compte|client|"
        "entreprise|organisation|organization|customer|customer name|enseigne|dénomination|nom de la société|"
        "denomination usuelle etablissement|enseigne1 etablissement",
    )  # fmt: skip
    kind = Column(
        _("Kind"), Choice(KIND_WORDS), attribute="kind",
        synonyms="kind|type|prospect ou client|classification|nature|account type|type de compte",
    )  # fmt: skip
    sector = Column(
        _("Sector"), Text(100), attribute="sector",
        synonyms="sector|secteur|industry|secteur d'activité|activité|branche|activite principale etablissement",
    )  # fmt: skip
    employees = Column(
        _("Employees"), WholeNumber(), attribute="employees",
        synonyms="employees|effectif|effectifs|number of employees|nombre d'employés|salariés|headcount|size|taille",
    )  # fmt: skip
    revenue = Column(
        _("Revenue"), Amount(), attribute="revenue",
        synonyms="revenue|annual revenue|chiffre d'affaires|ca|turnover|revenu|ca annuel",
    )  # fmt: skip
    registration = Column(
        _("Registration number"), Text(60), attribute="registration",
        synonyms="registration|registration number|siret|siren|numéro d'immatriculation|identifiant légal|company number|vat number|tva",
    )  # fmt: skip
    website = Column(
        _("Web site"), Text(250), attribute="website",
        synonyms="website|web|site web|site internet|url|home page|homepage|web site",
    )  # fmt: skip
    phone = Column(
        _("Telephone"), Text(60),
        synonyms="phone|telephone|téléphone|tél|tel|phone number|numéro de téléphone|main phone|standard|phones 1 phone",
    )  # fmt: skip
    email = Column(
        _("E-mail"), Text(254),
        synonyms="email|e mail|mail|courriel|email address|adresse e mail|adresse email|emails 1 email",
    )  # fmt: skip
    street = Column(
        _("Street"), Text(250), attribute="street",
        synonyms="street|rue|adresse|address|billing street|adresse 1|address 1|voie|addresses 1 street|shipping street",
    )  # fmt: skip
    postcode = Column(
        _("Postcode"), Text(20), attribute="postcode",
        synonyms="postcode|postal code|code postal|cp|zip|zip code|billing postal code|zip postal code|"
        "code postal etablissement|addresses 1 zip postal code|shipping postal code",
    )  # fmt: skip
    city = Column(
        _("City"), Text(100), attribute="city",
        synonyms="city|ville|town|billing city|commune|localité|libelle commune etablissement|addresses 1 city|shipping city",
    )  # fmt: skip
    country = Column(
        _("Country"), Text(100), attribute="country",
        synonyms="country|pays|billing country|nation|addresses 1 country iso2 code|shipping country",
    )  # fmt: skip
    parent = Column(
        _("Parent account"), Named(200), attribute="parent_id", reference="parent",
        synonyms="parent|parent account|compte parent|maison mère|subsidiary of|filiale de|parent company|société mère|groupe",
    )  # fmt: skip
    owner = Column(
        _("Owner"), Named(170), attribute="owner_id", reference="owner",
        synonyms="owner|propriétaire|responsable|commercial|account owner|account manager|owner username",
    )  # fmt: skip
    other_phones = Column(_("Other telephones"), Texts(), synonyms="other phones|autres téléphones")
    other_emails = Column(_("Other e-mails"), Texts(), synonyms="other emails|autres e mails")


class ContactResource(RecordResource):
    model = Contact
    plural = "contacts"
    matches = ("id", "email", "name_account")

    id = Column(_("ID"), Id(), synonyms="id|contact id|id du contact|identifiant unique")
    first_name = Column(
        _("First name"), Text(100), attribute="first_name", overwrite=True,
        synonyms="first name|firstname|prénom|given name|prenom",
    )  # fmt: skip
    last_name = Column(
        pgettext_lazy("person", "Last name"), Text(100), attribute="last_name", overwrite=True,
        synonyms="last name|lastname|nom|nom de famille|surname|family name",
    )  # fmt: skip
    name = Column(
        _("Full name"), Text(200), overwrite=True, exported=False,
        synonyms="name|full name|nom complet|contact|contact name|nom du contact|nom et prénom|prénom nom",
    )  # fmt: skip
    role = Column(
        _("Role"), Text(150), attribute="role",
        synonyms="role|rôle|title|job title|fonction|poste|titre|contact title|designation|position",
    )  # fmt: skip
    account = Column(
        _("Account"), Named(200), attribute="account_id", reference="account",
        synonyms="account|compte|société|company|account name|company name|entreprise|organisation|organization|"
        "accounts 1 account name|current employer|client|raison sociale",
    )  # fmt: skip
    phone = Column(
        _("Telephone"), Text(60),
        synonyms="phone|telephone|téléphone|tél|tel|phone number|mobile|mobile phone|portable|phones 1 phone|business phone",
    )  # fmt: skip
    email = Column(
        _("E-mail"), Text(254),
        synonyms="email|e mail|mail|courriel|email address|adresse e mail|adresse email|emails 1 email",
    )  # fmt: skip
    owner = Column(
        _("Owner"), Named(170), attribute="owner_id", reference="owner",
        synonyms="owner|propriétaire|responsable|commercial|contact owner|owner username",
    )  # fmt: skip
    other_phones = Column(_("Other telephones"), Texts(), synonyms="other phones|autres téléphones")
    other_emails = Column(_("Other e-mails"), Texts(), synonyms="other emails|autres e mails")
    account_id = Column(_("Account ID"), Id(), synonyms="account id|id du compte|id compte")


class LineResource(RecordResource):
    """The lines of opportunities: a row is known by its own ID, or by its opportunity and its position (OPP-12)."""

    model = Line
    plural = "lines"
    matches = ("id", "position")

    id = Column(_("Line ID"), Id(), synonyms="id|line id|id de la ligne|id ligne|identifiant de la ligne")
    opportunity_id = Column(
        _("Opportunity ID"), Id(), synonyms="opportunity id|id de l'opportunité|id opportunité|deal id|id de l'affaire"
    )
    reference = Column(
        _("Opportunity reference"), Text(60),
        synonyms="reference|ref|référence|opportunity reference|référence de l'opportunité|référence opportunité|"
        "opportunity number|numéro d'opportunité|deal number|n° affaire|numéro d'affaire|référence affaire|n° dossier",
    )  # fmt: skip
    opportunity = Column(
        _("Opportunity"), Text(200),
        synonyms="opportunity|opportunité|opportunity name|nom de l'opportunité|deal|deal name|affaire|nom de l'affaire",
    )  # fmt: skip
    position = Column(
        _("Position"), WholeNumber(1), attribute="position",
        synonyms="position|pos|rank|rang|order|ordre|line number|line no|numéro de ligne|n° de ligne|n° ligne",
    )  # fmt: skip
    product = Column(
        _("Product"), Named(80), attribute="product_id", reference="product",
        synonyms="product|produit|product name|nom du produit|product code|code produit|article|code article|item|sku",
    )  # fmt: skip
    label = Column(
        _("Label"), Text(200), attribute="label",
        synonyms="label|libellé|désignation|designation|description|line label|line description|intitulé|prestation",
    )  # fmt: skip
    sale_type = Column(
        _("Sale type"), Named(80), attribute="sale_type_id", reference="sale_type",
        synonyms="sale type|type de vente|type|line type|type de ligne",
    )  # fmt: skip
    category = Column(
        _("Category"), Named(80), attribute="category_id", reference="category",
        synonyms="category|catégorie|catégorie de revenu|revenue category|product category",
    )  # fmt: skip
    subcategory = Column(
        _("Subcategory"), Named(80), attribute="subcategory_id", reference="subcategory",
        synonyms="subcategory|sub category|sous-catégorie|sous catégorie de revenu",
    )  # fmt: skip
    quantity = Column(_("Quantity"), Quantity(), attribute="quantity", synonyms="quantity|quantité|qty|qté|qte|nombre")
    unit_price = Column(
        _("Unit price"), Exact(), attribute="unit_price",
        synonyms="unit price|prix unitaire|price|prix|pu|pu ht|prix unitaire ht|prix ht|sales price|list price|"
        "prix de vente|price per unit",
    )  # fmt: skip
    unit_cost = Column(
        _("Unit cost"), Exact(), attribute="unit_cost",
        synonyms="unit cost|coût unitaire|cost|coût|coût de revient|prix de revient|prix d'achat|purchase price",
    )  # fmt: skip
    months = Column(
        _("Months"), WholeNumber(1, LONGEST), attribute="months",
        synonyms="months|mois|duration|durée|duration in months|durée en mois|number of months|nombre de mois",
    )  # fmt: skip
    amount = Column(_("Amount"), Amount(), computed=True)
    margin = Column(_("Margin"), Amount(), computed=True)
    currency = Column(_("Currency"), Text(3), computed=True)

    @classmethod
    def record(cls) -> type[AttributedRecord]:
        return Opportunity

    @classmethod
    def hanging(cls, name: str) -> Hanging | None:
        return None

    @classmethod
    def columns(cls) -> dict[str, Column]:
        return {name: column for name, column in cls.fields.items() if not column.computed}

    @classmethod
    def exported(cls) -> dict[str, Column]:
        return dict(cls.fields)

    @classmethod
    def match_label(cls, match: str) -> str:
        if match != "position":
            return super().match_label(match)
        return f"{cls.fields['opportunity'].label} + {cls.fields['position'].label}"


RESOURCES: dict[str, type[RecordResource]] = {
    "opportunity": OpportunityResource,
    "account": AccountResource,
    "contact": ContactResource,
    "line": LineResource,
}
BY_PLURAL: dict[str, Any] = {resource.plural: kind for kind, resource in RESOURCES.items()}
