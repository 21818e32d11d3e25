#include "store/record.h"

static const struct noun *const nouns[] = {
	&absence_noun,
	&absence_work_noun,
	&activity_noun,
	&article_noun,
	&case_message_noun,
	&case_noun,
	&company_alias_noun,
	&company_domain_noun,
	&company_noun,
	&contact_address_noun,
	&contact_alias_noun,
	&contact_noun,
	&deal_noun,
	&deal_party_noun,
	&document_noun,
	&feed_noun,
	&ignore_rule_noun,
	&match_noun,
	&project_noun,
	&route_noun,
	&task_dependency_noun,
	&task_noun,
	&ticket_message_noun,
	&ticket_noun,
	&unresolved_noun,
};

const struct noun *noun_at(size_t index)
{
	return index < ARRAY_COUNT(nouns) ? nouns[index] : NULL;
}

const struct noun *noun_find(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(nouns); i++)
		if (span_equal(name, span_from(nouns[i]->name)))
			return nouns[i];
	return NULL;
}
