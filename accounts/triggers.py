from records import search

TRIGGERS = [*search.triggers("accounts_account"), *search.triggers("accounts_contact")]
