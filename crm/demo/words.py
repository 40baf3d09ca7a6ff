"""What the demo house is made of: invented companies, people and deals, French and English."""

FIRST_NAMES = (
    "Hélène Pascal Aïcha Odile Romain Annick Gaël Maëlle Yves Solène Étienne Chloé Benoît Noémie Loïc Agnès "
    "Rémi Inès Cécile François Zoé Jérôme Clémence Théo Oliver Emily Harry Charlotte George Alice Jack "
    "Sophie William Grace Thomas Lucy James Hannah Edward Martha Samuel Ruth Henry Ada Priya Arjun Fatima "
    "Karim Mei Kwame Lena Marek"
).split()
LAST_NAMES = (
    "Queffélec Mérand Saïdi Lecanu Bazin Le-Bihan Morvan Kerbrat Delmas Lacaze Vauquelin Le-Goff Marchand "
    "Carvalho Belkacem Nguyen Besnard Garnier Fontaine Chevallier Rousseau Lefèvre Barbier Moreau Girard "
    "Bonnet Wright Baker Hughes Clarke Shaw Barnes Turner Cooper Foster Bailey Murphy Ellis Graham Palmer "
    "Novak Kowalski Osei Haddad Singh Patel Chen Lindqvist Brandt Rossi"
).split()
HOUSES = (
    "Coopérative Clinique Fonderie Papeteries Conserverie Imprimerie Institut Transports Logistique Ateliers "
    "Laboratoires Menuiserie Brasserie Scierie Hôtel Groupe Laiterie Verrerie Tannerie Filature Minoterie "
    "Chantiers"
).split()
PLACES = (
    "du Bessin|Saint-Yves|Delmas|du Lizon|Kerbrat|Lacaze|Montaigu|Le Goff|Rhône Express|Vauquelin|Kéroual|"
    "Artaud|des Quais|Morvan|des Remparts|Hexabio|de l’Odon|de la Rance|d’Armor|du Couesnon|des Abers|de "
    "l’Iroise|du Cotentin|de Brocéliande|du Val|de la Hague|du Perche|de Sologne|des Mauges|du Léon"
).split("|")
STEMS = (
    "Northgate Harbour Millbrook Ashford Kingsley Redwood Larkfield Brightwater Stonebridge Fairview "
    "Westmere Oakham Silverdale Thornbury Castleton Penrose Wexley Hartwell Marlow Elmstead Cranfield "
    "Dunmore Aldridge Bramley Holt"
).split()
TRADES = (
    "Foods|Logistics|Instruments|Textiles|Energy|Bakeries|Marine|Packaging|Hospitals|Interiors|Chemicals|"
    "Dairies|Controls|Housing Trust|Council|Freight|Optics|Breweries|Timber|Systems"
).split("|")
CITIES = (
    ("14000", "Caen", "France"),
    ("29200", "Brest", "France"),
    ("35000", "Rennes", "France"),
    ("44000", "Nantes", "France"),
    ("49000", "Angers", "France"),
    ("59000", "Lille", "France"),
    ("69002", "Lyon", "France"),
    ("72000", "Le Mans", "France"),
    ("01220", "Divonne-les-Bains", "France"),
    ("BS1 4ST", "Bristol", "United Kingdom"),
    ("LS1 4DY", "Leeds", "United Kingdom"),
    ("M2 5PD", "Manchester", "United Kingdom"),
    ("EH1 1YZ", "Edinburgh", "United Kingdom"),
    ("CF10 1EP", "Cardiff", "United Kingdom"),
    ("1000", "Bruxelles", "Belgique"),
    ("1201", "Genève", "Suisse"),
)
SECTORS = {
    "en": ("Food", "Health", "Industry", "Logistics", "Public sector", "Hotels", "Energy", "Construction"),
    "fr": (
        "Agroalimentaire",
        "Santé",
        "Industrie",
        "Logistique",
        "Secteur public",
        "Hôtellerie",
        "Énergie",
        "Bâtiment",
    ),
}
ROLES = (
    "Directrice des achats|DSI|Responsable qualité|Responsable maintenance|Directeur de site|Gérante|Head of "
    "operations|Purchasing manager|Facilities manager|Chief engineer|Finance director|Quality manager"
).split("|")
DEALS = (
    "Capteurs de température, {n} sites|Contrat de maintenance {y}|Audit énergétique des ateliers|"
    "Supervision des chaufferies, lot {l}|Renouvellement de licences, {n} postes|Télérelève eau et gaz|"
    "Formation des opérateurs ({n} jours)|Migration et reprise de données|Extension GTB, bâtiment {b}|"
    "Remplacement des automates de quai|Pilotage du froid, {l} entrepôts|Mesure des fluides, site de {c}|"
    "Accord-cadre multisite {y}|Tableau de bord énergie|Réfection de l’armoire électrique|Capteurs CO₂, {n} "
    "salles|Étiquetage RFID|Supervision du laboratoire P{l}|Cold chain monitoring, {n} depots|Maintenance "
    "contract {y}|Energy audit, building {b}|Boiler room upgrade, phase {l}|Licence renewal, {n} seats|Water "
    "metering, {c}|Operator training ({n} days)|Data migration|Dock automation|Framework agreement {y}|"
    "Energy dashboard|Switchboard refit|Air quality sensors, {n} rooms|Warehouse labelling"
).split("|")
ORIGINS = {
    "en": (("Campaign", ("Autumn mailing", "Trade show 2026")), ("Partner", ("Penrose Systems", "Atelier Vauquelin"))),
    "fr": (
        ("Campagne", ("Courrier d’automne", "Salon CFIA 2026")),
        ("Partenaire", ("Penrose Systems", "Atelier Vauquelin")),
    ),
}
# More tags than a new installation has, each with its colour.
TAGS = {
    "en": (("Multi-site", "teal"), ("Food safety", "ochre"), ("Key account", "pink"), ("Trade show", "grey")),
    "fr": (("Multisite", "teal"), ("HACCP", "ochre"), ("Grand compte", "pink"), ("Salon", "grey")),
}
# Custom fields of the opportunity, by group: key, name, kind, values.
FIELDS = {
    "en": (
        (
            "Site",
            (
                ("place", "Main place", "list", ("Caen", "Brest", "Rennes", "Nantes", "Lille")),
                ("sites", "Number of sites", "number", ()),
                ("visited", "Site visited", "yes_no", ()),
                ("visit", "Date of the visit", "date", ()),
            ),
        ),
        (
            "Requirements",
            (
                ("standard", "Standard", "text", ()),
                ("fluids", "Fluids measured", "multiple_list", ("Water", "Gas", "Electricity", "Steam")),
            ),
        ),
    ),
    "fr": (
        (
            "Site",
            (
                ("place", "Lieu principal", "list", ("Caen", "Brest", "Rennes", "Nantes", "Lille")),
                ("sites", "Nombre de sites", "number", ()),
                ("visited", "Visite de site faite", "yes_no", ()),
                ("visit", "Date de visite", "date", ()),
            ),
        ),
        (
            "Exigences",
            (
                ("standard", "Norme exigée", "text", ()),
                ("fluids", "Fluides suivis", "multiple_list", ("Eau", "Gaz", "Électricité", "Vapeur")),
            ),
        ),
    ),
}
ACCOUNT_FIELDS = {
    "en": (
        ("since", "Client since", "date", ()),
        ("terms", "Terms of payment", "list", ("30 days", "45 days", "60 days")),
    ),
    "fr": (
        ("since", "Client depuis", "date", ()),
        ("terms", "Délai de paiement", "list", ("30 jours", "45 jours", "60 jours")),
    ),
}
STANDARDS = ("EN 12830", "ISO 50001", "HACCP", "NF EN 13486")
BRIEFS = (
    "Remplacer les relevés papier par des capteurs radio, avec alertes et rapports HACCP.",
    "Le client veut un abonnement, pas d’investissement. Décision en comité.",
    "Replace paper records with radio sensors; alerts by text message.",
    "They want one contract for all sites, three years, with a fixed response time.",
    "",
    "",
)
