/* Papers as pdftotext lays them out: labels left of, above and in the head of a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parser/invoice.h"
#include "parser/invoice_bank.h"
#include "parser/message.h"
#include "parser/paper.h"
#include "tests/exact.h"

struct paper_case {
	const char *name, *text, *number, *issued, *due, *currency, *iban;
	int64_t total, net, tax;
	enum facts_invoice_kind kind;
};

static const struct paper_case cases[] = {
	{"english, labels left",
		"Harbour Tools Ltd                                  INVOICE\n"
		"12 Quay Street\n"
		"                              Invoice number:   HT-20817\n"
		"Bill to                       Invoice date:     3 March 2026\n"
		"Example Org                   Due date:         2 April 2026\n"
		"                              PO number:        77120\n\n"
		"Description                Qty     Unit price      Amount\n"
		"Torque wrench                2         £40.00      £80.00\n"
		"Socket set                   1         £20.00      £20.00\n\n"
		"                                     Subtotal     £100.00\n"
		"                                    VAT (20%)      £20.00\n"
		"                                        Total     £120.00\n",
		"HT-20817", "2026-03-03", "2026-04-02", "GBP", "", 12000, 10000, 2000, 0},
	{"american, month first, amount due in a sentence",
		"Bright Cloud LLC, 500 Main Street, Springfield, IL 62701, United States\n\n"
		"Account number:      9938-1120-4471\n"
		"Invoice Number:                      58120034\n"
		"Invoice Date:                        04/05/2026\n\n"
		"Total amount due on April 5 , 2026                    $1,204.11\n\n"
		"Summary\n"
		"Charges                                               $1,204.11\n"
		"Service usage 03/14/2026 to 04/04/2026\n",
		"58120034", "2026-04-05", "", "USD", "", 120411, 0, 0, 0},
	{"german, heads above values",
		"Werkstatt Beispiel GmbH · Hauptstr. 1 · 10115 Berlin\n\n"
		"Rechnung\n\n"
		"Rechnungs-Nr.     Rechnungsdatum     Kunden-Nr.     Fälligkeit\n"
		"RE-2026-0815      03.11.2026         10442          17.11.2026\n\n"
		"Pos   Bezeichnung           Menge   Einzelpreis        Gesamt\n"
		"1     Wartung                   4         250,00     1.000,00\n\n"
		"Summe netto                                          1.000,00 €\n"
		"zzgl. 19% MwSt.                                        190,00 €\n"
		"Gesamtbetrag                                         1.190,00 €\n\n"
		"IBAN: DE89 3704 0044 0532 0130 00   BIC: COBADEFFXXX\n",
		"RE-2026-0815", "2026-11-03", "2026-11-17", "EUR", "DE89370400440532013000", 119000,
		100000, 19000, 0},
	{"german, number and date in one line, terms in days",
		"Musterfirma e.K.\n\n"
		"Rechnung Nr. 4711 vom 3. November 2026\n\n"
		"Beratung im Oktober                              500,00 EUR\n"
		"Umsatzsteuer 19 %                                 95,00 EUR\n"
		"Rechnungsbetrag                                  595,00 EUR\n"
		"Zahlbar innerhalb von 14 Tagen ohne Abzug.\n",
		"4711", "2026-11-03", "2026-11-17", "EUR", "", 59500, 0, 9500, 0},
	{"dutch, two blocks side by side",
		"FACTUUR                                        Voorbeeld B.V.\n"
		"                                               Kade 12\n"
		"Factuurnummer: 20260044                        1011 AB Amsterdam\n"
		"Factuurdatum: 12 mei 2026                      BTW NL123456782B12\n"
		"Vervaldatum: 26 mei 2026                       IBAN NL91 ABNA 0417 1643 00\n\n"
		"Omschrijving              Aantal   Prijs per stuk     Bedrag\n"
		"Stoel                          2          € 50,00   € 100,00\n\n"
		"   Exclusief BTW   € 100,00                  Subtotaal   € 121,00\n"
		"         BTW 21%    € 21,00\n"
		"          Totaal   € 121,00                     Totaal   € 121,00\n",
		"20260044", "2026-05-12", "2026-05-26", "EUR", "NL91ABNA0417164300", 12100, 10000,
		2100, 0},
	{"french, number and day in the heading",
		"Réseau Exemple SAS\n\n"
		"Facture n° 562044 du 02 Juillet 2026\n\n"
		"Abonnement fibre                              24,99 €\n"
		"Total HT                                      24,99 €\n"
		"TVA 20 %                                       5,00 €\n"
		"Total TTC                                     29,99 €\n"
		"Net à payer : 29,99 € avant le 17/07/2026\n",
		"562044", "2026-07-02", "", "EUR", "", 2999, 2499, 500, 0},
	{"french, labels above",
		"Date de facturation        N° de facture        Échéance\n"
		"01/02/2026                 FA-0099              03/03/2026\n\n"
		"Montant total TTC : 1 234,56 €\n",
		"FA-0099", "2026-02-01", "2026-03-03", "EUR", "", 123456, 0, 0, 0},
	{"italian",
		"Esempio S.r.l.\n"
		"FATTURA N. 12/2026 del 05/06/2026\n"
		"Totale imponibile            1.000,00\n"
		"IVA 22%                        220,00\n"
		"Totale documento           € 1.220,00\n"
		"Scadenza 05/07/2026\n",
		"12/2026", "2026-06-05", "2026-07-05", "EUR", "", 122000, 100000, 22000, 0},
	{"spanish",
		"Número de factura: F26-0031\n"
		"Fecha de la factura: 15 de enero de 2026\n"
		"Base imponible 100,00 €\n"
		"IVA (21%) 21,00 €\n"
		"Total factura 121,00 €\n",
		"F26-0031", "2026-01-15", "", "EUR", "", 12100, 10000, 2100, 0},
	{"polish",
		"Faktura VAT nr FV/7/2026\n"
		"Data wystawienia: 2026-04-01\n"
		"Termin płatności: 2026-04-15\n"
		"Wartość netto    100,00\n"
		"Kwota VAT         23,00\n"
		"Do zapłaty: 123,00 PLN\n",
		"FV/7/2026", "2026-04-01", "2026-04-15", "PLN", "", 12300, 10000, 2300, 0},
	{"swedish",
		"Fakturanummer       Fakturadatum       Förfallodatum\n"
		"100234              2026-08-20         2026-09-19\n"
		"Belopp exkl. moms   800,00\n"
		"Moms                200,00\n"
		"Att betala        1 000,00 SEK\n",
		"100234", "2026-08-20", "2026-09-19", "SEK", "", 100000, 80000, 20000, 0},
	{"indian grouping, tax invoice",
		"Tax Invoice                         Sample Traders Pvt. Ltd., India\n"
		"Invoice No : # ST_2026000917\n"
		"Order ID: OD99120017               Order Date: 15-10-2026\n"
		"Invoice Date: 20-10-2026\n"
		"Grand Total                                   Rs. 1,23,456.00\n",
		"ST_2026000917", "2026-10-20", "", "INR", "", 12345600, 0, 0, 0},
	{"number below the heading, day of a vague label",
		"Some Studio                                        INVOICE\n"
		"                                                   # 0042\n\n"
		"                                    Date:          Jan 7, 2026\n"
		"                                    Balance Due:   $127.50\n"
		"Item                                               $120.00\n"
		"                                    Total:         $127.50\n",
		"0042", "2026-01-07", "", "USD", "", 12750, 0, 0, 0},
	{"credit note",
		"Gutschrift\n"
		"Gutschriftsnummer: GS-88       Datum: 01.12.2026\n"
		"zu Rechnung 4711\n"
		"Gesamtbetrag: -119,00 EUR\n",
		"GS-88", "2026-12-01", "", "EUR", "", -11900, 0, 0, INVOICE_CREDIT_NOTE},
	{"reminder",
		"Mahnung\n"
		"Rechnungsnummer: 4711\n"
		"Rechnungsdatum: 03.11.2026\n"
		"Offener Betrag: 119,00 EUR\n",
		"4711", "2026-11-03", "", "EUR", "", 11900, 0, 0, INVOICE_REMINDER},
	{"letters spaced by the printer",
		"R E C H N U N G\n"
		"Rechnungsnummer                   88123\n"
		"Rechnungs datum                   03.11.2026\n"
		"Br uttobetr ag                    119,00 EUR\n",
		"88123", "2026-11-03", "", "EUR", "", 11900, 0, 0, 0},
};

static void test_preceding_invoice(void **state)
{
	static const struct {
		const char *text, *number, *preceding;
	} notes[] = {
		{"Gutschrift Nr. GS-88 zu Rechnung Nr. 4711\nGesamtbetrag: -119,00 EUR\n", "GS-88",
			"4711"},
		{"CREDIT NOTE\nCredit note number: C-9     Original invoice: INV-2026/17\n"
		 "Total credit: -$10.00\nTotal -$10.00\n",
			"C-9", "INV-2026/17"},
		{"Creditnota\nCreditnotanummer 2026-C1\nBetreft factuur 20260044\n"
		 "Totaal € -121,00\n",
			"2026-C1", "20260044"},
		{"Avoir n° A-3 sur facture FA-0099\nTotal TTC -12,00 €\n", "A-3", "FA-0099"},
		{"Payment reminder\nThis is a reminder for invoice INV-5\nAmount due: $10.00\n",
			"INV-5", ""},
	};
	const struct invoice_text_options options = {.is_document = true};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(notes); i++) {
		struct arena arena = {0};
		struct facts_invoice found;

		if (invoices_from_text(span_from(notes[i].text), &options, &arena, &found, 1) !=
				1 ||
			!span_equal(found.number.text, span_from(notes[i].number)) ||
			!span_equal(found.preceding.text, span_from(notes[i].preceding)))
			fail_msg("%s: %.*s of %.*s", notes[i].text, SPAN_ARG(found.number.text),
				SPAN_ARG(found.preceding.text));
		arena_done(&arena);
	}
}

/* A subject or file name that repeats a weakly labelled number counts on a document alone. */
static void test_named_number(void **state)
{
	static const struct {
		const char *text, *hint;
		bool is_document;
		double least, most; /* of the number's confidence; 0: no invoice */
	} numbers[] = {
		{"Facture 2026-77 Total TTC 312,00 EUR\n", "facture-2026-77.pdf", true, 0.7, 0.79},
		{"Facture 2026-77 Total TTC 312,00 EUR\n", "scan.pdf", true, 0.1, 0.69},
		{"Invoice number: 2026-77\nTotal: 312.00 EUR\n", "2026-77.pdf", true, 0.89, 0.91},
		{"About invoice 2026-77 of 312.00 EUR: we paid.\n", "Re: invoice 2026-77", false, 0,
			0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		const struct invoice_text_options options = {
			.hint = span_from(numbers[i].hint), .is_document = numbers[i].is_document};
		struct facts_invoice found = {0};
		struct arena arena = {0};
		size_t count =
			invoices_from_text(span_from(numbers[i].text), &options, &arena, &found, 1);
		double sure = count > 0 ? found.number.confidence : 0;

		if (sure < numbers[i].least || sure > numbers[i].most)
			fail_msg(
				"%s, %s: %zu, %.2f", numbers[i].text, numbers[i].hint, count, sure);
		arena_done(&arena);
	}
}

static void compare(const struct paper_case *c, const struct facts_invoice *found)
{
	char issued[DATE_TEXT_SIZE], due[DATE_TEXT_SIZE];
	bool good = span_equal(found->number.text, span_from(c->number)) &&
		    strcmp(date_text(found->issue_date, issued), c->issued) == 0 &&
		    strcmp(date_text(found->due_date, due), c->due) == 0 &&
		    span_equal(found->currency.text, span_from(c->currency)) &&
		    span_equal(found->iban.text, span_from(c->iban)) &&
		    found->total.cents == c->total && found->kind == c->kind;

	if (c->net)
		good = good && found->net.cents == c->net;
	if (c->tax)
		good = good && found->tax.cents == c->tax;
	if (!good)
		fail_msg("%s: number %.*s, %s, due %s, %.*s %lld (%lld + %lld), IBAN %.*s, kind %d",
			c->name, SPAN_ARG(found->number.text), issued, due,
			SPAN_ARG(found->currency.text), (long long)found->total.cents,
			(long long)found->net.cents, (long long)found->tax.cents,
			SPAN_ARG(found->iban.text), (int)found->kind);
}

static void test_layouts(void **state)
{
	const struct invoice_text_options options = {.from = {2026, 12, 24}, .is_document = true};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct arena arena = {0};
		struct facts_invoice found;

		if (invoices_from_text(span_from(cases[i].text), &options, &arena, &found, 1) != 1)
			fail_msg("%s: no invoice", cases[i].name);
		compare(&cases[i], &found);
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
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_preceding_invoice),
		cmocka_unit_test(test_named_number),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
