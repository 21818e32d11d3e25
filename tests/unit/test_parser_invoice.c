#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parser/invoice.h"
#include "parser/message.h"
#include "parser/money.h"
#include "parser/xml.h"

static void test_decimals(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t cents;
	} cases[] = {
		{"1234.50", true, 123450},
		{"-5", true, -500},
		{"+.5", true, 50},
		{"0.005", true, 1},
		{"0.004", true, 0},
		{"12.", true, 1200},
		{"999999999999999.99", true, INT64_C(99999999999999999)},
		{"1234567890123456", false, 0},
		{"1,5", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{"1e5", false, 0},
		{"12.x", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t cents = 0;

		if (money_from_decimal(span_from(cases[i].text), &cents) != cases[i].good ||
			(cases[i].good && cents != cases[i].cents))
			fail_msg("%s: %lld", cases[i].text, (long long)cents);
	}
}

static void test_amounts(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t cents;
		size_t taken;
	} cases[] = {
		{"1.234,56", true, 123456, 8},
		{"1,234.56", true, 123456, 8},
		{"1 234,56 EUR", true, 123456, 8},
		{"1'234.50", true, 123450, 8},
		{"1234", true, 123400, 4},
		{"12,5", true, 1250, 4},
		{"12,50", true, 1250, 5},
		{"1.234.567,89", true, 123456789, 12},
		{"1.000", true, 100000, 5},
		{"5,-", true, 500, 1},
		{"-3,00", true, -300, 5},
		{"12 34", true, 1200, 2},
		{"100 2026", true, 10000, 3},
		{"x", false, 0, 0},
		{"", false, 0, 0},
		{"99999999999999999999999", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t cents = 0;
		size_t taken = 0;
		bool good = money_read(span_from(cases[i].text), &cents, &taken);

		if (good != cases[i].good ||
			(good && (cents != cases[i].cents || taken != cases[i].taken)))
			fail_msg("%s: %lld, %zu bytes", cases[i].text, (long long)cents, taken);
	}
}

static void test_ibans(void **state)
{
	static const struct {
		const char *text, *clean;
		bool valid;
	} cases[] = {
		{"DE89 3704 0044 0532 0130 00", "DE89370400440532013000", true},
		{"nl91abna0417164300", "NL91ABNA0417164300", true},
		{"FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606", true},
		{"DE88 3704 0044 0532 0130 00", "DE88370400440532013000", false},
		{"DE89 3704 0044 0532 0130", "DE89370400440532 0130", false},
		{"1234567890123456", "", false},
		{"DE89-3704", "", false},
		{"", "", false},
		{"XX001234567890123456789012345678901234567890", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct span iban = iban_clean(&arena, span_from(cases[i].text));

		if (cases[i].clean[0] == '\0')
			assert_int_equal(iban.size, 0);
		else if (cases[i].valid)
			assert_true(span_equal(iban, span_from(cases[i].clean)));
		assert_int_equal(iban_is_valid(iban), cases[i].valid);
		arena_done(&arena);
	}
}

/* Nothing of a document is expanded or fetched, and what is too much is refused. */
static void test_hostile_xml(void **state)
{
	static const char *const refused[] = {
		"<!DOCTYPE a [<!ENTITY b \"x\">]><Invoice>&b;</Invoice>",
		"<!DOCTYPE a SYSTEM \"http://127.0.0.1:9/x\"><Invoice/>",
		"<Invoice>&undefined;</Invoice>",
		"<Invoice>",
		"",
		"no markup",
		"<a></b>",
	};
	struct arena arena = {0};
	struct xml_element *root;
	struct buffer deep = {0};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (xml_read(span_from(refused[i]), &arena, &root, &err))
			fail_msg("%s", refused[i]);
	for (int i = 0; i < 5000; i++)
		buffer_append_string(&deep, "<a>");
	assert_false(xml_read(buffer_span(&deep), &arena, &root, &err));
	assert_int_equal(err.kind, ERROR_LIMIT);
	buffer_done(&deep);
	arena_done(&arena);
}

static void test_xml_tree(void **state)
{
	struct arena arena = {0};
	struct xml_element *root;
	struct error err;

	(void)state;
	assert_true(xml_read(
		SPAN("<?xml version='1.0' encoding='iso-8859-1'?><n:a xmlns:n='u'><n:b x='1'> "
		     "one </n:b><b><![CDATA[<two>]]></b><c><d/>t\xe9xt</c></n:a>"),
		&arena, &root, &err));
	assert_true(span_equal(root->name, SPAN("a")));
	assert_true(span_equal(xml_text(root, "b"), SPAN("one")));
	assert_true(span_equal(xml_attribute(xml_find(root, "b"), "x"), SPAN("1")));
	assert_true(span_equal(xml_again(xml_find(root, "b"))->text, SPAN("<two>")));
	assert_null(xml_again(xml_again(xml_find(root, "b"))));
	assert_non_null(xml_find(root, "c/d"));
	assert_null(xml_find(root, "c/e"));
	assert_int_equal(xml_text(root, "nothing/here").size, 0);
	arena_done(&arena);
}

static bool read_mail_text(const char *text, struct arena *arena, struct facts_invoice *invoice)
{
	const struct invoice_text_options options = {.from = {2026, 11, 21}};

	return invoices_from_text(span_from(text), &options, arena, invoice, 1) == 1;
}

static void test_text_in_four_languages(void **state)
{
	static const struct {
		const char *text, *number, *due;
		enum facts_invoice_kind kind;
		int64_t total;
	} cases[] = {
		{"Invoice number: INV-2026/17\nInvoice date: 3 November 2026\nDue date: "
		 "2026-12-03\n"
		 "Subtotal 1,000.00\nVAT 21% 210.00\nTotal due: EUR 1,210.00\n",
			"INV-2026/17", "2026-12-03", INVOICE_INVOICE, 121000},
		{"Rechnung Nr. 4711\nRechnungsdatum 03.11.2026\nzahlbar bis 17.11.2026\n"
		 "Gesamtbetrag: 1.190,00 €\n",
			"4711", "2026-11-17", INVOICE_INVOICE, 119000},
		{"Betalingsherinnering\nFactuurnummer: 20260815\nVervaldatum: 15-09-2026\n"
		 "Totaalbedrag € 121,00\n",
			"20260815", "2026-09-15", INVOICE_REMINDER, 12100},
		{"Facture n° F-88\nDate d'échéance : 1er décembre 2026\nNet à payer : 84,50 €\n",
			"F-88", "2026-12-01", INVOICE_INVOICE, 8450},
		{"Gutschrift\nRechnungsnummer\n  R9-1\nGesamtbetrag\n  -12,00 EUR\n", "R9-1", "",
			INVOICE_CREDIT_NOTE, -1200},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct facts_invoice invoice;
		struct arena arena = {0};
		char due[DATE_TEXT_SIZE];

		if (!read_mail_text(cases[i].text, &arena, &invoice))
			fail_msg("%s", cases[i].text);
		if (!span_equal(invoice.number.text, span_from(cases[i].number)) ||
			strcmp(date_text(invoice.due_date, due), cases[i].due) != 0 ||
			invoice.total.cents != cases[i].total || invoice.kind != cases[i].kind)
			fail_msg("%s: number %.*s, due %s, total %lld, kind %d", cases[i].text,
				SPAN_ARG(invoice.number.text), due, (long long)invoice.total.cents,
				(int)invoice.kind);
		arena_done(&arena);
	}
}

static void test_text_that_is_no_invoice(void **state)
{
	static const char *const texts[] = {
		"Please send the invoice soon, the total was 100 as agreed.",
		"Your order number 4711 is on its way. Total: EUR 10.00",
		"invoice number: unknown\nTotal: EUR 10.00",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct facts_invoice invoice;
		struct arena arena = {0};

		if (read_mail_text(texts[i], &arena, &invoice))
			fail_msg("%s", texts[i]);
		arena_done(&arena);
	}
}

static int setup(void **state)
{
	(void)state;
	parse_init();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	parse_done();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_ibans),
		cmocka_unit_test(test_hostile_xml),
		cmocka_unit_test(test_xml_tree),
		cmocka_unit_test(test_text_in_four_languages),
		cmocka_unit_test(test_text_that_is_no_invoice),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
