/*
 * Any bytes as an invoice: XML first, then the words of a mail, then a paper of some pages. Values
 * are within the bounds of their kinds, and an account number has the shape of one.
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

static void check_text(struct arena *arena, struct span text, bool is_document)
{
	const struct invoice_text_options options = {
		.from = {2026, 11, 21}, .hint = SPAN("invoice 4711"), .is_document = is_document};
	struct facts_invoice invoices[3];
	size_t count = invoices_from_text(text, &options, arena, invoices, ARRAY_COUNT(invoices));

	fuzz_must(count <= ARRAY_COUNT(invoices));
	for (size_t i = 0; i < count; i++)
		check(arena, &invoices[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = fuzz_span(data, size);
	struct facts_invoice invoice = {0};
	struct defects defects = {0};
	struct arena arena = {0};

	fuzz_parser_begin();
	if (invoice_from_xml(bytes, &arena, &defects, &invoice))
		check(&arena, &invoice);
	struct span text = body_clean(&arena, SPAN("utf-8"), bytes, &defects);
	check_text(&arena, text, false);
	check_text(&arena, text, true);
	arena_done(&arena);
	return 0;
}
