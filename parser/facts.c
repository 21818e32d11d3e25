#include "parser/facts.h"

static const char *const origin_names[] = {
	[ORIGIN_PERSON] = "person",
	[ORIGIN_AUTO_REPLY] = "auto-reply",
	[ORIGIN_BOUNCE] = "bounce",
	[ORIGIN_LIST] = "list",
	[ORIGIN_BULK] = "bulk",
	[ORIGIN_SYSTEM] = "system",
};

static const char *const invoice_kind_names[] = {
	[INVOICE_INVOICE] = "invoice",
	[INVOICE_CREDIT_NOTE] = "credit-note",
	[INVOICE_REMINDER] = "reminder",
	[INVOICE_ORDER] = "order",
};

static const char *const invoice_source_names[] = {
	[INVOICE_UBL] = "ubl",
	[INVOICE_CII] = "cii",
	[INVOICE_TEXT] = "text",
};

const char *facts_origin_name(enum facts_origin origin)
{
	return origin_names[origin];
}

const char *facts_invoice_kind_name(enum facts_invoice_kind kind)
{
	return invoice_kind_names[kind];
}

const char *facts_invoice_source_name(enum facts_invoice_source source)
{
	return invoice_source_names[source];
}

struct span facts_field(const struct facts *facts, struct span name)
{
	for (size_t i = 0; i < facts->field_count; i++)
		if (span_equal_fold(facts->fields[i].name, name))
			return facts->fields[i].value;
	return (struct span){0};
}

struct date facts_day(const struct facts_time *time)
{
	const int64_t day_ms = 86400000;
	int64_t local = time->instant_ms + time->offset_minutes * INT64_C(60000);

	return time->present ? date_from_days(local / day_ms - (local % day_ms < 0))
			     : (struct date){0};
}
