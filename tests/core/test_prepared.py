"""Queries compiled once: the same rows as Django's own, whatever the numbers."""

import pytest
from django.db.models import Count, Exists, OuterRef

from core.prepared import Prepared
from opportunities.models import Opportunity
from tests.make import make_account, make_opportunity
from users.models import Notice, User


def test_a_prepared_query_answers_as_the_query_itself(cast, django_assert_num_queries):
    def asked(pk):
        news = Notice.objects.filter(user=OuterRef("pk"))
        return User.objects.select_related("profile", "team").annotate(has=Exists(news)).filter(pk=pk)

    prepared = Prepared(asked)
    for person in (cast.claire, cast.ada, cast.claire):
        with django_assert_num_queries(1):
            [found] = prepared(person.pk)
            [same] = found, *()
            assert (found.profile, found.team, found.has) == (person.profile, person.team, False)
        for field in User._meta.concrete_fields:
            assert getattr(same, field.attname) == getattr(asked(person.pk).get(), field.attname)
        assert not found._state.adding
    assert prepared(10**15) == []


def test_each_number_goes_where_it_was_given(cast):
    account = make_account(by=cast.claire)
    mine = [make_opportunity(by=cast.claire, account=account, amount=1234) for _ in range(3)]
    make_opportunity(by=cast.tom, account=account)
    prepared = Prepared(
        lambda owner, most: (
            Opportunity.objects.annotate(n=Count("lines")).filter(owner=owner, pk__lte=most).order_by("pk")
        )
    )
    assert [one.pk for one in prepared(cast.claire.pk, mine[1].pk)] == [mine[0].pk, mine[1].pk]
    assert [one.amount for one in prepared(cast.claire.pk, mine[2].pk)] == [1234] * 3
    assert prepared(cast.eve.pk, mine[2].pk) == []


def test_a_number_that_the_query_looked_at_is_an_error(cast):
    with pytest.raises(ValueError, match="does not stand"):
        Prepared(lambda pk: User.objects.filter(pk=pk % 2))(1)
