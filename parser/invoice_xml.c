/* UBL 2.1 and UN/CEFACT CII, as the European norm EN 16931 maps its terms (BT-1, …) to them. */
#include "parser/invoice.h"
#include "parser/money.h"
#include "parser/xml.h"

#define IBAN_WRONG_SURE 0.3 /* its check digits are wrong: shown, never used */

static void set_text(struct facts_sure *sure, struct span text)
{
	*sure = (struct facts_sure){text, text.size > 0 ? 1.0 : 0.0};
}

static void set_amount(struct facts_amount *amount, struct span text)
{
	amount->present = money_from_decimal(text, &amount->cents);
	amount->confidence = amount->present ? 1.0 : 0.0;
}

/* "2026-11-21" with or without a zone, or CII's "20261121" (format 102). */
static struct date read_date(struct span text)
{
	struct date date = {0};

	if (text.size >= 10 && date_from_text(span_part(text, 0, 10), &date))
		return date;
	unsigned long long value;
	if (text.size < 8 || !span_to_u64(span_part(text, 0, 8), 99999999, &value))
		return (struct date){0};
	date = (struct date){(int)(value / 10000), (int)(value / 100 % 100), (int)(value % 100)};
	return date_is_valid(date) ? date : (struct date){0};
}

static void set_issue_date(struct facts_invoice *invoice, struct span text)
{
	invoice->issue_date = read_date(text);
	invoice->issue_date_confidence = date_is_set(invoice->issue_date) ? 1.0 : 0.0;
}

static void set_due_date(struct facts_invoice *invoice, struct span text)
{
	if (date_is_set(invoice->due_date))
		return;
	invoice->due_date = read_date(text);
	invoice->due_date_confidence = date_is_set(invoice->due_date) ? 1.0 : 0.0;
}

static void set_iban(struct facts_invoice *invoice, struct arena *arena, struct span text)
{
	struct span iban = iban_clean(arena, text);

	if (iban.size == 0 || invoice->iban.text.size > 0)
		return;
	invoice->iban = (struct facts_sure){iban, iban_is_valid(iban) ? 1.0 : IBAN_WRONG_SURE};
}

/* Without spaces, in capitals: as registers have it. */
static struct span tax_number(struct arena *arena, struct span text)
{
	char *out = arena_alloc(arena, text.size + 1);
	size_t size = 0;

	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != ' ')
			out[size++] = text.data[i] >= 'a' && text.data[i] <= 'z'
					      ? (char)(text.data[i] - 32)
					      : text.data[i];
	return (struct span){out, size};
}

/* UNTDID 1001: what is no credit note is an invoice (384 corrected, 389 self-billed, 326 partial).
 */
static enum facts_invoice_kind kind_of_code(struct span code)
{
	static const struct span credits[] = {SPAN_INIT("81"), SPAN_INIT("83"), SPAN_INIT("261"),
		SPAN_INIT("262"), SPAN_INIT("296"), SPAN_INIT("308"), SPAN_INIT("381"),
		SPAN_INIT("396"), SPAN_INIT("420"), SPAN_INIT("458"), SPAN_INIT("532")};
	static const struct span orders[] = {SPAN_INIT("220"), SPAN_INIT("230"), SPAN_INIT("231")};

	for (size_t i = 0; i < sizeof(credits) / sizeof(credits[0]); i++)
		if (span_equal(code, credits[i]))
			return INVOICE_CREDIT_NOTE;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (span_equal(code, orders[i]))
			return INVOICE_ORDER;
	return INVOICE_INVOICE;
}

static uint32_t count_of(const struct xml_element *parent, const char *name)
{
	uint32_t count = 0;

	for (const struct xml_element *at = xml_find(parent, name); at; at = xml_again(at))
		count++;
	return count;
}

static struct span first_of(struct span a, struct span b)
{
	return a.size > 0 ? a : b;
}

static struct span join_address(struct arena *arena, struct span street, struct span code,
	struct span city, struct span country)
{
	if (street.size + code.size + city.size == 0)
		return (struct span){0};
	return arena_format(arena, "%.*s%s%.*s%s%.*s%s%.*s", SPAN_ARG(street),
		street.size > 0 ? ", " : "", SPAN_ARG(code), code.size > 0 ? " " : "",
		SPAN_ARG(city), country.size > 0 ? ", " : "", SPAN_ARG(country));
}

/* ---------------------------------------------------------------- UBL */

static void ubl_party(const struct xml_element *party, struct arena *arena, struct facts_party *out)
{
	const struct xml_element *scheme = xml_find(party, "PartyTaxScheme");

	out->name = first_of(xml_text(party, "PartyLegalEntity/RegistrationName"),
		xml_text(party, "PartyName/Name"));
	for (; scheme; scheme = xml_again(scheme)) {
		struct span id = tax_number(arena, xml_text(scheme, "CompanyID"));
		bool is_vat = span_equal_fold(xml_text(scheme, "TaxScheme/ID"), SPAN("VAT"));
		struct span *target = is_vat ? &out->vat_id : &out->tax_id;

		if (target->size == 0)
			*target = id;
	}
	out->address = join_address(arena, xml_text(party, "PostalAddress/StreetName"),
		xml_text(party, "PostalAddress/PostalZone"),
		xml_text(party, "PostalAddress/CityName"),
		xml_text(party, "PostalAddress/Country/IdentificationCode"));
}

static void ubl_payment(
	const struct xml_element *root, struct arena *arena, struct facts_invoice *invoice)
{
	const struct xml_element *means = xml_find(root, "PaymentMeans");

	for (; means; means = xml_again(means)) {
		set_iban(invoice, arena, xml_text(means, "PayeeFinancialAccount/ID"));
		if (invoice->bic.text.size == 0)
			set_text(&invoice->bic,
				xml_text(means,
					"PayeeFinancialAccount/FinancialInstitutionBranch/ID"));
		if (invoice->payment_reference.text.size == 0)
			set_text(&invoice->payment_reference, xml_text(means, "PaymentID"));
		set_due_date(invoice, xml_text(means, "PaymentDueDate"));
	}
}

/* The tax in the currency of the document; a second total may be in that of the tax office. */
static struct span ubl_tax(const struct xml_element *root, struct span currency)
{
	const struct xml_element *total = xml_find(root, "TaxTotal");

	for (; total; total = xml_again(total)) {
		const struct xml_element *amount = xml_find(total, "TaxAmount");

		if (amount && span_equal(xml_attribute(amount, "currencyID"), currency))
			return amount->text;
	}
	return xml_text(root, "TaxTotal/TaxAmount");
}

static bool read_ubl(
	const struct xml_element *root, struct arena *arena, struct facts_invoice *invoice)
{
	bool credit = span_equal(root->name, SPAN("CreditNote"));

	if (!xml_find(root, "AccountingSupplierParty"))
		return false;
	invoice->source = INVOICE_UBL;
	invoice->kind =
		credit ? INVOICE_CREDIT_NOTE : kind_of_code(xml_text(root, "InvoiceTypeCode"));
	set_text(&invoice->number, xml_text(root, "ID"));
	set_issue_date(invoice, xml_text(root, "IssueDate"));
	set_due_date(invoice, xml_text(root, "DueDate"));
	set_text(&invoice->currency, xml_text(root, "DocumentCurrencyCode"));
	set_amount(&invoice->net, xml_text(root, "LegalMonetaryTotal/TaxExclusiveAmount"));
	set_amount(&invoice->tax, ubl_tax(root, invoice->currency.text));
	set_amount(&invoice->total, xml_text(root, "LegalMonetaryTotal/TaxInclusiveAmount"));
	set_amount(&invoice->payable, xml_text(root, "LegalMonetaryTotal/PayableAmount"));
	ubl_party(xml_find(root, "AccountingSupplierParty/Party"), arena, &invoice->seller);
	ubl_party(xml_find(root, "AccountingCustomerParty/Party"), arena, &invoice->buyer);
	invoice->buyer.reference = xml_text(root, "BuyerReference");
	set_text(&invoice->order_reference, xml_text(root, "OrderReference/ID"));
	set_text(&invoice->preceding,
		xml_text(root, "BillingReference/InvoiceDocumentReference/ID"));
	ubl_payment(root, arena, invoice);
	invoice->lines = count_of(root, credit ? "CreditNoteLine" : "InvoiceLine");
	return true;
}

/* ---------------------------------------------------------------- CII */

/* ZUGFeRD 1 names some elements otherwise. */
static const struct xml_element *either(
	const struct xml_element *parent, const char *name, const char *old_name)
{
	const struct xml_element *found = xml_find(parent, name);

	return found ? found : xml_find(parent, old_name);
}

static void cii_party(const struct xml_element *party, struct arena *arena, struct facts_party *out)
{
	const struct xml_element *registration = xml_find(party, "SpecifiedTaxRegistration");

	out->name = xml_text(party, "Name");
	for (; registration; registration = xml_again(registration)) {
		const struct xml_element *id = xml_find(registration, "ID");
		bool is_vat = span_equal(xml_attribute(id, "schemeID"), SPAN("VA"));
		struct span *target = is_vat ? &out->vat_id : &out->tax_id;

		if (id && target->size == 0)
			*target = tax_number(arena, id->text);
	}
	out->address = join_address(arena, xml_text(party, "PostalTradeAddress/LineOne"),
		xml_text(party, "PostalTradeAddress/PostcodeCode"),
		xml_text(party, "PostalTradeAddress/CityName"),
		xml_text(party, "PostalTradeAddress/CountryID"));
}

static void cii_settlement(
	const struct xml_element *settlement, struct arena *arena, struct facts_invoice *invoice)
{
	const struct xml_element *sums =
		either(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation",
			"SpecifiedTradeSettlementMonetarySummation");
	const struct xml_element *means =
		xml_find(settlement, "SpecifiedTradeSettlementPaymentMeans");
	const struct xml_element *terms = xml_find(settlement, "SpecifiedTradePaymentTerms");

	set_text(&invoice->currency, xml_text(settlement, "InvoiceCurrencyCode"));
	set_text(&invoice->payment_reference, xml_text(settlement, "PaymentReference"));
	set_amount(&invoice->net, xml_text(sums, "TaxBasisTotalAmount"));
	set_amount(&invoice->tax, xml_text(sums, "TaxTotalAmount"));
	set_amount(&invoice->total, xml_text(sums, "GrandTotalAmount"));
	set_amount(&invoice->payable, xml_text(sums, "DuePayableAmount"));
	for (; terms; terms = xml_again(terms))
		set_due_date(invoice, xml_text(terms, "DueDateDateTime/DateTimeString"));
	for (; means; means = xml_again(means)) {
		set_iban(invoice, arena,
			xml_text(means, "PayeePartyCreditorFinancialAccount/IBANID"));
		if (invoice->bic.text.size == 0)
			set_text(&invoice->bic,
				xml_text(
					means, "PayeeSpecifiedCreditorFinancialInstitution/BICID"));
	}
}

static bool read_cii(
	const struct xml_element *root, struct arena *arena, struct facts_invoice *invoice)
{
	const struct xml_element *document =
		either(root, "ExchangedDocument", "HeaderExchangedDocument");
	const struct xml_element *trade =
		either(root, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction");
	const struct xml_element *agreement = either(
		trade, "ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement");

	/* an invoice that says nothing is one that a person must look at */
	invoice->source = INVOICE_CII;
	invoice->kind = kind_of_code(xml_text(document, "TypeCode"));
	set_text(&invoice->number, xml_text(document, "ID"));
	set_issue_date(invoice, xml_text(document, "IssueDateTime/DateTimeString"));
	cii_party(xml_find(agreement, "SellerTradeParty"), arena, &invoice->seller);
	cii_party(xml_find(agreement, "BuyerTradeParty"), arena, &invoice->buyer);
	invoice->buyer.reference = xml_text(agreement, "BuyerReference");
	set_text(&invoice->order_reference,
		first_of(xml_text(agreement, "BuyerOrderReferencedDocument/IssuerAssignedID"),
			xml_text(agreement, "BuyerOrderReferencedDocument/ID")));
	set_text(&invoice->preceding,
		first_of(
			xml_text(trade, "ApplicableHeaderTradeSettlement/InvoiceReferencedDocument/"
					"IssuerAssignedID"),
			xml_text(trade, "ApplicableSupplyChainTradeSettlement/"
					"InvoiceReferencedDocument/ID")));
	cii_settlement(either(trade, "ApplicableHeaderTradeSettlement",
			       "ApplicableSupplyChainTradeSettlement"),
		arena, invoice);
	invoice->lines = count_of(trade, "IncludedSupplyChainTradeLineItem");
	return true;
}

bool invoice_from_xml(struct span bytes, struct arena *arena, struct defects *defects,
	struct facts_invoice *invoice)
{
	struct xml_element *root;
	struct error err;

	*invoice = (struct facts_invoice){0};
	if (!xml_read(bytes, arena, &root, &err)) {
		defect_add(defects, err.kind == ERROR_LIMIT ? "xml-too-large" : "bad-xml");
		return false;
	}
	if (span_equal(root->name, SPAN("Invoice")) || span_equal(root->name, SPAN("CreditNote")))
		return read_ubl(root, arena, invoice);
	if (span_equal(root->name, SPAN("CrossIndustryInvoice")) ||
		span_equal(root->name, SPAN("CrossIndustryDocument")))
		return read_cii(root, arena, invoice);
	if (!span_equal(root->name, SPAN("SCRDMCCBDACIOMessageStructure")) ||
		!read_cii(root, arena, invoice))
		return false;
	invoice->kind = INVOICE_ORDER;
	return true;
}
