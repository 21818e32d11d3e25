/*
 * Any bytes as an invoice: XML first, then the words of a text. Values are within the bounds of
 * their kinds, and an account number has the shape of one.
 */
#include "parser/body.h"
#include "parser/invoice.h"
#include "tests/fuzz/fuzz_parser.h"

static void check_amount(const struct facts_amount *amount)
{
	fuzz_must_be_sure(amount->confidence);
	fuzz_must(amount->present || (amount->cents == 0 && amount->confidence == 0));
}

static void check(struct arena *arena, struct facts_invoice *invoice)
{
	struct facts facts = {.invoices = invoice, .invoice_count = 1};
	const struct facts_sure *sure[] = {&invoice->number, &invoice->currency, &invoice->iban,
		&invoice->bic, &invoice->order_reference, &invoice->payment_reference};

	for (size_t i = 0; i < ARRAY_COUNT(sure); i++) {
		fuzz_must_be_sure(sure[i]->confidence);
		fuzz_must(text_is_utf8(sure[i]->text));
	}
	fuzz_must(!date_is_set(invoice->issue_date) || date_is_valid(invoice->issue_date));
	fuzz_must(!date_is_set(invoice->due_date) || date_is_valid(invoice->due_date));
	check_amount(&invoice->net);
	check_amount(&invoice->tax);
	check_amount(&invoice->total);
	check_amount(&invoice->payable);
	facts_clean(&facts, arena);
	fuzz_must_travel(&facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct date from = {2026, 11, 21};
	struct span bytes = fuzz_span(data, size);
	struct facts_invoice invoice = {0};
	struct defects defects = {0};
	struct arena arena = {0};

	fuzz_parser_begin();
	if (invoice_from_xml(bytes, &arena, &defects, &invoice))
		check(&arena, &invoice);
	invoice = (struct facts_invoice){0};
	if (invoice_from_text(
		    body_clean(&arena, SPAN("utf-8"), bytes, &defects), from, &arena, &invoice))
		check(&arena, &invoice);
	arena_done(&arena);
	return 0;
}
