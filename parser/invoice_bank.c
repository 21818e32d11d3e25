#include "parser/invoice_bank.h"

#include <string.h>

#include "parser/money.h"

#define IBAN_SURE	  0.95 /* its check digits are right and nobody else's words stand near */
#define IBAN_WRONG_SURE	  0.3
#define BIC_SURE	  0.7
#define REFERENCE_SURE	  0.7
#define REFERENCE_CHECKED 0.9
#define IBAN_LONGEST	  34
#define VAT_LONGEST	  14

/* ---------------------------------------------------------------- VAT ids */

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static unsigned long number_of(const char *digits, size_t count)
{
	unsigned long number = 0;

	for (size_t i = 0; i < count; i++)
		number = number * 10 + (unsigned long)(digits[i] - '0');
	return number;
}

static bool all_digits(const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_digit(text[i]))
			return false;
	return true;
}

/* ISO 7064 MOD 11,10 */
static bool check_de(const char *digits, size_t size)
{
	unsigned product = 10;

	if (!all_digits(digits, size))
		return false;
	for (size_t i = 0; i < 8; i++) {
		unsigned sum = ((unsigned)(digits[i] - '0') + product) % 10;

		product = 2 * (sum == 0 ? 10 : sum) % 11;
	}
	return (11 - product) % 10 == (unsigned)(digits[8] - '0');
}

static bool check_be(const char *digits, size_t size)
{
	return all_digits(digits, size) &&
	       97 - number_of(digits, 8) % 97 == number_of(digits + 8, 2);
}

/* Nine digits with the eleven-test, or since 2020 any with MOD 97 over letters and digits. */
static bool check_nl(const char *text, size_t size)
{
	unsigned long sum = 0;
	unsigned remainder = 0;
	const char country[] = "NL";

	if (!all_digits(text, 9) || text[9] != 'B' || !all_digits(text + 10, 2))
		return false;
	for (size_t i = 0; i < 8; i++)
		sum += (9 - i) * (unsigned long)(text[i] - '0');
	if (sum % 11 == (unsigned long)(text[8] - '0'))
		return true;
	for (size_t i = 0; i < 2 + size; i++) {
		char byte = i < 2 ? country[i] : text[i - 2];

		remainder = is_digit(byte) ? (remainder * 10 + (unsigned)(byte - '0')) % 97
					   : (remainder * 100 + (unsigned)(byte - 'A') + 10) % 97;
	}
	return remainder == 1;
}

static bool check_fr(const char *text, size_t size)
{
	if (!all_digits(text + 2, size - 2))
		return false;
	if (!all_digits(text, 2)) /* newer keys have letters */
		return true;
	return (12 + 3 * (number_of(text + 2, 9) % 97)) % 97 == number_of(text, 2);
}

/* Luhn */
static bool check_it(const char *digits, size_t size)
{
	unsigned sum = 0;

	if (!all_digits(digits, size))
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned digit = (unsigned)(digits[i] - '0') * (i % 2 ? 2 : 1);

		sum += digit > 9 ? digit - 9 : digit;
	}
	return sum % 10 == 0;
}

static const struct vat_country {
	char code[3];
	unsigned char least, most; /* characters behind the country */
	bool (*check)(const char *text, size_t size);
} vat_countries[] = {{"AT", 9, 9, NULL}, {"BE", 10, 10, check_be}, {"BG", 9, 10, NULL},
	{"CY", 9, 9, NULL}, {"CZ", 8, 10, NULL}, {"DE", 9, 9, check_de}, {"DK", 8, 8, NULL},
	{"EE", 9, 9, NULL}, {"EL", 9, 9, NULL}, {"ES", 9, 9, NULL}, {"FI", 8, 8, NULL},
	{"FR", 11, 11, check_fr}, {"GB", 9, 12, NULL}, {"HR", 11, 11, NULL}, {"HU", 8, 8, NULL},
	{"IE", 8, 9, NULL}, {"IT", 11, 11, check_it}, {"LT", 9, 12, NULL}, {"LU", 8, 8, NULL},
	{"LV", 11, 11, NULL}, {"MT", 8, 8, NULL}, {"NL", 12, 12, check_nl}, {"PL", 10, 10, NULL},
	{"PT", 9, 9, NULL}, {"RO", 2, 10, NULL}, {"SE", 12, 12, NULL}, {"SI", 8, 8, NULL},
	{"SK", 10, 10, NULL}, {"XI", 9, 12, NULL}};

bool vat_id_is_valid(struct span id)
{
	for (size_t i = 0; i < ARRAY_COUNT(vat_countries); i++) {
		const struct vat_country *country = &vat_countries[i];

		if (id.size < 2 || memcmp(id.data, country->code, 2) != 0)
			continue;
		return id.size - 2 >= country->least && id.size - 2 <= country->most &&
		       (!country->check || country->check(id.data + 2, id.size - 2));
	}
	return false;
}

/* Letters and digits from `from` on, in capitals; blanks, dots and dashes between are left out. */
static size_t clean_at(const struct paper_row *row, uint32_t from, char *out, size_t longest)
{
	size_t size = 0;
	uint32_t gap = 0;

	for (uint32_t at = from; at < row->size && size < longest && gap < 2; at++) {
		char byte = row->fold[at];

		if (is_digit(byte) || (byte >= 'a' && byte <= 'z')) {
			out[size++] = (char)(byte >= 'a' ? byte - 32 : byte);
			gap = 0;
		} else if (byte == ' ' || byte == '.' || byte == '-') {
			gap++;
		} else {
			break;
		}
	}
	return size;
}

/* The longest beginning that is a VAT id; *shaped: one that may have been misread stands there. */
static struct span vat_id_at(
	struct arena *arena, const struct paper_row *row, uint32_t from, bool *shaped)
{
	char text[VAT_LONGEST];
	size_t size = clean_at(row, from, text, sizeof text);

	*shaped = size >= 8 && !is_digit(text[0]) && !is_digit(text[1]) && is_digit(text[2]);

	for (; size >= 8; size--)
		if (vat_id_is_valid((struct span){text, size}))
			return arena_copy(arena, (struct span){text, size});
	return (struct span){0};
}

/* "Your VAT number", "Uw BTW nummer", "USt-IdNr. des Kunden" */
static bool is_customers(const struct paper_row *row, const struct paper_cell *cell)
{
	static const char *const words[] = {"your", "customer", "client", "buyer", "ihre", "ihr",
		"kunde", "uw", "klant", "afnemer", "votre", "acheteur", "su ", "vostra", "cliente",
		"nabywca", "bill to", "recipient"};

	for (uint32_t at = cell->from; at < cell->to; at++)
		for (size_t i = 0; i < ARRAY_COUNT(words); i++)
			if ((at == cell->from || !paper_is_letter(row->fold[at - 1])) &&
				strncmp(row->fold + at, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

static void take_vat_id(struct arena *arena, const struct paper_row *row,
	const struct invoice_claim *claim, struct facts_invoice *invoice, bool *several)
{
	for (uint32_t at = claim->to; at < row->size && at < claim->to + 40; at++) {
		if (paper_is_word(row->fold[at - 1]) || !paper_is_letter(row->fold[at]))
			continue;
		bool shaped;
		struct span id = vat_id_at(arena, row, at, &shaped);
		bool theirs = is_customers(row, &row->cells[claim->cell]);
		struct span *to = theirs ? &invoice->buyer.vat_id : &invoice->seller.vat_id;

		/* one of two was misread: the other may be the customer's */
		*several |= shaped && id.size == 0 && !theirs;
		if (id.size == 0)
			continue;
		*several |= !theirs && to->size > 0 && !span_equal(*to, id);
		if (to->size == 0)
			*to = id;
		return;
	}
}

/* ---------------------------------------------------------------- IBAN, BIC */

static struct span iban_at(struct arena *arena, const struct paper_row *row, uint32_t from)
{
	char text[IBAN_LONGEST];
	size_t size = clean_at(row, from, text, sizeof text);

	for (; size >= 15; size--)
		if (iban_is_valid((struct span){text, size}))
			return arena_copy(arena, (struct span){text, size});
	return (struct span){0};
}

/* Ours, from which the supplier draws: "we will debit your account". */
static bool is_drawn(const struct paper *paper, size_t row, size_t first)
{
	static const char *const words[] = {"direct debit", "debited from", "your account",
		"your bank account", "lastschrift", "abgebucht", "buchen wir", "eingezogen",
		"einzug", "ihrem konto", "incasso", "afgeschreven", "uw rekening", "prelevement",
		"preleve", "votre compte", "domiciliacion", "addebito", "mandat"};

	for (size_t r = row > first + 2 ? row - 2 : first; r <= row; r++)
		for (size_t i = 0; i < ARRAY_COUNT(words); i++)
			if (strstr(paper->rows[r].fold, words[i]))
				return true;
	return false;
}

/* What stands behind the word IBAN and has its shape, with wrong check digits: shown as a guess. */
static void take_wrong_iban(
	struct arena *arena, const struct paper_row *row, struct facts_invoice *invoice)
{
	const char *label = strstr(row->fold, "iban");
	size_t gap = label ? 4 + strspn(label + 4, " .:-nr") : 0;
	char text[IBAN_LONGEST];

	if (!label)
		return;
	size_t size = clean_at(row, (uint32_t)(label + gap - row->fold), text, sizeof text);
	struct span iban = iban_clean(arena, (struct span){text, size});
	if (iban.size > 0)
		invoice->iban = (struct facts_sure){iban, IBAN_WRONG_SURE};
}

static void take_iban(struct arena *arena, const struct paper *paper, size_t r, size_t first,
	struct facts_invoice *invoice)
{
	const struct paper_row *row = &paper->rows[r];

	for (uint32_t at = 0; at + 4 < row->size; at++) {
		if (!paper_is_letter(row->fold[at]) || !paper_is_letter(row->fold[at + 1]) ||
			!paper_is_digit(row->fold[at + 2]) || !paper_is_digit(row->fold[at + 3]) ||
			(at > 0 && paper_is_word(row->fold[at - 1])))
			continue;
		struct span iban = iban_at(arena, row, at);
		if (iban.size > 0 && !is_drawn(paper, r, first)) {
			invoice->iban = (struct facts_sure){iban, IBAN_SURE};
			return;
		}
	}
}

/* ISO 9362: six letters, two or five letters or digits. */
static void take_bic(
	struct arena *arena, const struct paper_row *row, struct facts_invoice *invoice)
{
	static const char *const labels[] = {"bic", "swift"};

	for (size_t i = 0; i < ARRAY_COUNT(labels) && invoice->bic.text.size == 0; i++) {
		const char *found = strstr(row->fold, labels[i]);

		for (const char *at = found; at && at < found + 24 && *at; at++) {
			size_t size = 0;

			if (at == row->fold || paper_is_word(at[-1]))
				continue;
			while (paper_is_word(at[size]))
				size++;
			if ((size != 8 && size != 11) || strcspn(at, "0123456789") < 6 ||
				strcspn(at, " .:/-") < size)
				continue;
			char bic[11];
			if (clean_at(row, (uint32_t)(at - row->fold), bic, size) == size)
				invoice->bic = (struct facts_sure){
					arena_copy(arena, (struct span){bic, size}), BIC_SURE};
			break;
		}
	}
}

/* Belgium's "+++090/9337/55493+++": ten digits and their remainder of 97. */
static void take_structured(
	struct arena *arena, const struct paper_row *row, struct facts_invoice *invoice)
{
	const char *found = strstr(row->fold, "+++");
	char digits[12];
	size_t count = 0;

	for (const char *at = found ? found + 3 : ""; *at && *at != '+'; at++)
		if (is_digit(*at) && count < sizeof digits)
			digits[count++] = *at;
	if (count != sizeof digits)
		return;
	unsigned long remainder = number_of(digits, 10) % 97;
	if ((remainder == 0 ? 97 : remainder) != number_of(digits + 10, 2))
		return;
	invoice->payment_reference = (struct facts_sure){
		arena_format(arena, "+++%.3s/%.4s/%.5s+++", digits, digits + 3, digits + 7),
		REFERENCE_CHECKED};
}

void invoice_bank_read(struct arena *arena, const struct paper *paper,
	const struct invoice_claims *claims, size_t first, size_t end,
	struct facts_invoice *invoice)
{
	bool several = false;

	for (size_t i = claims->rows[first]; i < claims->rows[end]; i++)
		if (claims->items[i].field == FIELD_VAT_ID)
			take_vat_id(arena, &paper->rows[claims->items[i].row], &claims->items[i],
				invoice, &several);
	if (several) /* whose is whose is not certain */
		invoice->seller.vat_id = (struct span){0};
	for (size_t r = first; r < end; r++) {
		if (invoice->iban.confidence < IBAN_SURE)
			take_iban(arena, paper, r, first, invoice);
		if (invoice->iban.text.size == 0)
			take_wrong_iban(arena, &paper->rows[r], invoice);
		if (invoice->bic.text.size == 0)
			take_bic(arena, &paper->rows[r], invoice);
		if (invoice->payment_reference.text.size == 0)
			take_structured(arena, &paper->rows[r], invoice);
	}
}
