#include "parser/invoice_value.h"

#include <string.h>

#include "parser/money.h"

#define PLACES_MAX	 5
#define ROWS_BELOW_MAX	 7 /* of which so many may hold something: */
#define FILLED_BELOW_MAX 3
#define NUMBER_MAX	 40
#define SHIFTED_MAX	 60
#define NEAR		 3 /* columns that a value may stand beside its head */

/* In percent of the label's weight. */
#define FACTOR_OWN   100
#define FACTOR_RIGHT 96
#define FACTOR_BELOW 92 /* less for each filled row between */
#define FACTOR_STEP  12

/* Columns of a row in which a label's value may stand. */
struct place {
	uint32_t row, from, to;
	uint32_t near_from, near_to; /* what stands there must touch these */
	int factor;
};

struct search {
	const struct paper *paper;
	const struct invoice_claims *claims;
	size_t end; /* row */
	struct candidates *found;
};

static const struct paper_row *row_of(const struct search *search, uint32_t r)
{
	return &search->paper->rows[r];
}

static bool has_word(const struct paper_row *row, uint32_t from, uint32_t to)
{
	for (uint32_t at = from; at < to; at++)
		if (paper_is_word(row->fold[at]))
			return true;
	return false;
}

static bool cell_begins_with_claim(const struct search *search, uint32_t r, uint32_t c)
{
	const struct paper_cell *cell = &row_of(search, r)->cells[c];

	for (size_t i = search->claims->rows[r]; i < search->claims->rows[r + 1]; i++) {
		const struct invoice_claim *claim = &search->claims->items[i];

		/* "#" and "n" are part of values as well */
		if (claim->cell == c && claim->from <= cell->from + 1 &&
			claim->to > claim->from + 1)
			return true;
	}
	return false;
}

static uint32_t next_claim_in_cell(const struct search *search, size_t i)
{
	const struct invoice_claim *claim = &search->claims->items[i];
	const struct paper_cell *cell = &row_of(search, claim->row)->cells[claim->cell];

	for (size_t j = i + 1; j < search->claims->rows[claim->row + 1]; j++) {
		const struct invoice_claim *next = &search->claims->items[j];

		if (next->cell != claim->cell)
			break;
		if (next->to > next->from + 1)
			return next->from;
	}
	return cell->to;
}

static size_t places_below(const struct search *search, const struct invoice_claim *claim,
	uint32_t to, struct place *places, size_t count)
{
	int filled = 0;

	for (uint32_t r = claim->row + 1; r < search->end && r <= claim->row + ROWS_BELOW_MAX &&
					  filled < FILLED_BELOW_MAX && count < PLACES_MAX;
		r++) {
		const struct paper_row *row = row_of(search, r);
		bool touched = false;

		for (uint32_t c = 0; c < row->cell_count && !touched; c++) {
			if (row->cells[c].from > to + NEAR || row->cells[c].to + NEAR < claim->from)
				continue;
			/* another head in this column: what is below is its */
			if (cell_begins_with_claim(search, r, c) && row->cells[c].from <= to &&
				row->cells[c].to >= claim->from)
				return count;
			touched = true;
			if (count < PLACES_MAX)
				places[count++] = (struct place){r, row->cells[c].from,
					row->cells[c].to, claim->from, to,
					FACTOR_BELOW - FACTOR_STEP * filled};
		}
		/* "Invoice number" with its value at the right end of the next line */
		if (!touched && filled == 0 && row->cell_count == 1 && count < PLACES_MAX &&
			row->cells[0].from > to && row->cells[0].from < to + SHIFTED_MAX &&
			claim->cell + 1 == row_of(search, claim->row)->cell_count &&
			!cell_begins_with_claim(search, r, 0))
			places[count++] = (struct place){r, row->cells[0].from, row->cells[0].to,
				row->cells[0].from, row->cells[0].to, FACTOR_BELOW};
		filled += row->cell_count > 0;
	}
	return count;
}

static size_t places_of(const struct search *search, size_t i, struct place places[PLACES_MAX])
{
	const struct invoice_claim *claim = &search->claims->items[i];
	const struct paper_row *row = row_of(search, claim->row);
	uint32_t to = next_claim_in_cell(search, i), cell_to = row->cells[claim->cell].to;
	size_t count = 0;

	if (has_word(row, claim->to, to)) {
		places[count++] =
			(struct place){claim->row, claim->to, to, claim->to, to, FACTOR_OWN};
		return count;
	}
	if (to == cell_to)
		for (uint32_t c = claim->cell + 1; c < row->cell_count; c++) {
			if (cell_begins_with_claim(search, claim->row, c))
				break;
			if (!has_word(row, row->cells[c].from, row->cells[c].to))
				continue;
			places[count++] =
				(struct place){claim->row, row->cells[c].from, row->cells[c].to,
					row->cells[c].from, row->cells[c].to, FACTOR_RIGHT};
			break;
		}
	return places_below(search, claim, claim->to, places, count);
}

static bool touches(const struct place *place, uint32_t from, uint32_t to)
{
	return to + NEAR > place->near_from && from < place->near_to + NEAR;
}

/* ---------------------------------------------------------------- numbers */

static bool is_number_mark(char byte)
{
	return byte != '\0' && strchr("-/_.\\+&#", byte);
}

static bool is_filler(const struct paper_row *row, uint32_t from, uint32_t to)
{
	static const char *const words[] = {"is", "ist", "lautet", "est", "no", "nr", "n", "number",
		"nummer", "numero", "num", "id", "nos", "es", "vat", "c"};

	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		if (strlen(words[i]) == to - from &&
			memcmp(row->fold + from, words[i], to - from) == 0)
			return true;
	return false;
}

static bool is_prefix(
	const struct paper *paper, const struct paper_row *row, uint32_t from, uint32_t to)
{
	struct span text = paper_text(paper, row, from, to);

	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < 'A' || text.data[i] > 'Z')
			return false;
	return text.size > 0 && text.size <= 5;
}

/* A date, an amount, a percentage, an address, an account: all that has digits and is no number. */
static bool is_something_else(
	const struct paper_row *row, uint32_t from, uint32_t to, int weight, size_t digits)
{
	struct paper_date date;
	struct paper_amount amount;
	uint32_t taken;

	/* eight digits behind a label of a number are one, whatever day they name */
	if (paper_date_at(row, from, &date) && date.to >= to &&
		(digits != to - from || weight < LABEL_CLEAR))
		return true;
	if (row->fold[to] == '@' || row->fold[to] == '%' || row->fold[to] == ':' ||
		(row->fold[to] == ' ' && row->fold[to + 1] == '%'))
		return row->fold[to] != ':' || paper_is_word(row->fold[to + 1]);
	if (from > 0 && row->fold[from - 1] == '+')
		return true;
	if (paper_amount_in(row, from, from + 1, &amount) && amount.to >= to &&
		(amount.currency || (amount.has_hundredths && weight < LABEL_STRONG)))
		return true;
	if (from > 1 &&
		(paper_currency_at(row, from - 1, &taken) ||
			(row->fold[from - 1] == ' ' && paper_currency_at(row, from - 2, &taken))))
		return true;
	/* "Invoice 2 of 3" */
	return weight < LABEL_CLEAR && (to - from < 3 || (digits < 2 && to - from < 6));
}

static uint32_t number_end(const struct paper_row *row, uint32_t from, uint32_t to, size_t *digits)
{
	uint32_t at = from;

	*digits = 0;
	while (at < to && at < from + NUMBER_MAX &&
		(paper_is_word(row->fold[at]) || is_number_mark(row->fold[at]))) {
		*digits += paper_is_digit(row->fold[at]);
		at++;
	}
	while (at > from && is_number_mark(row->fold[at - 1]))
		at--;
	return at;
}

/* "A1B2C3D4 0005": a number of letters and digits whose last group ends the place. */
static uint32_t with_rest(const struct paper_row *row, uint32_t from, uint32_t end, uint32_t to)
{
	uint32_t at = end + 1;
	bool letters = false;

	for (uint32_t i = from; i < end; i++)
		letters |= paper_is_letter(row->fold[i]);
	if (!letters || end >= to || row->fold[end] != ' ')
		return end;
	while (at < to && paper_is_digit(row->fold[at]))
		at++;
	return at == to && at >= end + 4 ? at : end;
}

bool invoice_number_in(const struct paper *paper, const struct paper_row *row, uint32_t from,
	uint32_t to, int weight, struct paper_cell *found)
{
	uint32_t prefix = UINT32_MAX;

	for (uint32_t at = from; at < to;) {
		size_t digits;

		if (!paper_is_word(row->fold[at])) {
			bool between = strchr(" :.-#=*/()", row->fold[at]) && row->fold[at];

			if (!between)
				return false;
			at++;
			continue;
		}
		uint32_t end = number_end(row, at, to, &digits);
		if (digits == 0) {
			bool filler = is_filler(row, at, end);

			if (!filler && (prefix != UINT32_MAX || !is_prefix(paper, row, at, end)))
				return false;
			prefix = filler ? UINT32_MAX : at;
			at = end > at ? end : at + 1;
			continue;
		}
		if (is_something_else(row, at, end, weight, digits))
			return false;
		*found = (struct paper_cell){
			prefix != UINT32_MAX ? prefix : at, with_rest(row, at, end, to)};
		return true;
	}
	return false;
}

/* Below a head the word that touches its columns counts; several may share a cell. */
static bool number_touching(const struct search *search, const struct place *place, int weight,
	struct paper_cell *found)
{
	const struct paper_row *row = row_of(search, place->row);
	uint32_t at = place->from;

	while (at < place->to) {
		uint32_t end = at;

		while (end < place->to && row->fold[end] != ' ')
			end++;
		if (touches(place, at, end) &&
			invoice_number_in(search->paper, row, at, place->to, weight, found))
			return true;
		at = end + 1;
	}
	return false;
}

static struct candidate *candidate_new(struct search *search, const struct invoice_claim *claim,
	const struct place *place, uint32_t from, uint32_t to)
{
	static struct candidate spare;
	struct candidate *made = search->found->count < CANDIDATES_MAX
					 ? &search->found->items[search->found->count++]
					 : &spare;

	*made = (struct candidate){.field = claim->field,
		.score = claim->weight * place->factor / 100,
		.row = place->row,
		.from = from,
		.to = to,
		.is_bill = claim->is_bill};
	return made;
}

/* "Rechnung 2026-0815" at the front of its cell, "# 4711": a weak label that looks like more. */
static int number_bonus(const struct search *search, const struct invoice_claim *claim,
	const struct place *place, const struct paper_cell *value)
{
	const struct paper_row *row = row_of(search, claim->row);
	const char *fold = row_of(search, place->row)->fold;
	bool hash = value->from > 0 && (fold[value->from - 1] == '#' ||
					       (value->from > 1 && fold[value->from - 1] == ' ' &&
						       fold[value->from - 2] == '#'));

	if (claim->weight > LABEL_NOUN)
		return 0;
	if (claim->is_bill && place->factor == FACTOR_OWN &&
		claim->from == row->cells[claim->cell].from && value->to - value->from >= 4)
		return 40;
	return hash ? 25 : 0;
}

static void read_number(struct search *search, size_t i)
{
	const struct invoice_claim *claim = &search->claims->items[i];
	struct place places[PLACES_MAX];
	size_t count = places_of(search, i, places);

	for (size_t p = 0; p < count; p++) {
		const struct paper_row *row = row_of(search, places[p].row);
		struct paper_cell cell;
		bool below = places[p].factor <= FACTOR_BELOW;
		bool found = below ? number_touching(search, &places[p], claim->weight, &cell)
				   : invoice_number_in(search->paper, row, places[p].from,
					     places[p].to, claim->weight, &cell);

		/* a word that is no label has values below it only in the head of a table */
		if (!found ||
			(below && claim->weight <= LABEL_WEAK && row->fold[cell.from] != '#' &&
				(cell.from == 0 || row->fold[cell.from - 1] != '#') &&
				row_of(search, claim->row)->cell_count < 3 &&
				row_of(search, claim->row)->cells[claim->cell].to != claim->to))
			continue;
		struct candidate *made =
			candidate_new(search, claim, &places[p], cell.from, cell.to);
		made->text = paper_text(search->paper, row, cell.from, cell.to);
		made->score += number_bonus(search, claim, &places[p], &cell);
		return;
	}
}

/* ---------------------------------------------------------------- dates */

static void read_date(struct search *search, size_t i)
{
	const struct invoice_claim *claim = &search->claims->items[i];
	struct place places[PLACES_MAX];
	size_t count = places_of(search, i, places);

	for (size_t p = 0; p < count; p++) {
		const struct paper_row *row = row_of(search, places[p].row);
		uint32_t from = places[p].from;
		struct paper_date date;

		/* "le", "den": the date follows at once */
		if (claim->weight <= LABEL_WEAK &&
			(places[p].factor <= FACTOR_BELOW ||
				!paper_date_in(row, from, from + NEAR, &date)))
			return;
		while (paper_date_in(row, from, places[p].to, &date)) {
			if (touches(&places[p], date.from, date.to)) {
				struct candidate *made = candidate_new(
					search, claim, &places[p], date.from, date.to);

				made->date = date;
				return;
			}
			from = date.to;
		}
	}
}

/* ---------------------------------------------------------------- amounts */

static bool is_sum(enum invoice_field field)
{
	return field == FIELD_TOTAL || field == FIELD_PAYABLE || field == FIELD_NET;
}

/* "Total incl. 21% VAT": the tax there only says what the total has in it. */
static bool is_swallowed(const struct search *search, size_t i)
{
	const struct invoice_claim *claim = &search->claims->items[i];
	struct paper_amount amount;

	if (claim->field != FIELD_TAX || i == search->claims->rows[claim->row])
		return false;
	const struct invoice_claim *before = &search->claims->items[i - 1];
	return before->cell == claim->cell && is_sum(before->field) &&
	       !paper_amount_in(row_of(search, claim->row), before->to, claim->from, &amount);
}

/* The column up to which amounts in the row are the label's. */
static uint32_t amounts_end(const struct search *search, size_t i)
{
	const struct invoice_claim *claim = &search->claims->items[i];

	for (size_t j = i + 1; j < search->claims->rows[claim->row + 1]; j++)
		if (!is_swallowed(search, j) &&
			search->claims->items[j].to > search->claims->items[j].from + 1)
			return search->claims->items[j].from;
	return row_of(search, claim->row)->size;
}

/* Hundredths say more than a currency, that more than neither; the last of the best is the sum. */
static int amount_rank(const struct paper_amount *amount)
{
	return (amount->has_hundredths ? 2 : 0) + (amount->currency ? 1 : 0);
}

static bool best_amount(const struct paper_row *row, uint32_t from, uint32_t to, int weight,
	struct paper_amount *best)
{
	struct paper_amount amount;
	bool found = false;

	while (from < to && paper_amount_in(row, from, to, &amount)) {
		bool plain = amount_rank(&amount) == 0;

		if (!(plain && weight < LABEL_CLEAR) &&
			(!found || amount_rank(&amount) >= amount_rank(best))) {
			*best = amount;
			found = true;
		}
		from = amount.to;
	}
	return found;
}

/* A currency in the label or shortly behind: "Total (EUR)", "Amount in USD:". */
static const char *currency_near(
	const struct paper_row *row, const struct invoice_claim *claim, uint32_t to)
{
	uint32_t taken;

	for (uint32_t at = claim->from; at < to; at++) {
		const char *code = paper_currency_at(row, at, &taken);

		if (code && taken >= 3 && !paper_is_letter(row->fold[at + taken]))
			return code;
		if (code && taken < 3 && !paper_is_letter(row->fold[at]))
			return code;
	}
	return NULL;
}

static void add_amount(struct search *search, const struct invoice_claim *claim,
	const struct place *place, const struct paper_amount *amount)
{
	const struct paper_row *row = row_of(search, claim->row);
	uint32_t cell_to = row->cells[claim->cell].to;
	struct candidate *made = candidate_new(search, claim, place, amount->from, amount->to);

	made->cents = amount->cents;
	made->currency = amount->currency;
	if (!made->currency)
		made->currency = currency_near(row, claim, cell_to);
}

static void read_amount(struct search *search, size_t i)
{
	const struct invoice_claim *claim = &search->claims->items[i];
	struct place places[PLACES_MAX] = {{.row = claim->row, .factor = FACTOR_OWN}};
	struct paper_amount amount, best;
	size_t count;

	if (is_swallowed(search, i))
		return;
	if (best_amount(row_of(search, claim->row), claim->to, amounts_end(search, i),
		    claim->weight, &amount)) {
		add_amount(search, claim, &places[0], &amount);
		return;
	}
	count = places_below(
		search, claim, row_of(search, claim->row)->cells[claim->cell].to, places, 0);
	for (size_t p = 0; p < count; p++) {
		const struct paper_row *row = row_of(search, places[p].row);
		uint32_t from = places[p].from;
		bool found = false;

		while (paper_amount_in(row, from, places[p].to, &amount)) {
			if (touches(&places[p], amount.from, amount.to) &&
				amount_rank(&amount) > 0 && !found) {
				best = amount;
				found = true;
			}
			from = amount.to;
		}
		/* heads of a table stand above prices, too; the sum is the last of its rows */
		places[p].factor = places[p].factor * 7 / 10;
		if (found)
			add_amount(search, claim, &places[p], &best);
	}
}

/* ---------------------------------------------------------------- all of a field */

void candidates_read(const struct paper *paper, const struct invoice_claims *claims, size_t first,
	size_t end, enum invoice_field field, struct candidates *found)
{
	struct search search = {paper, claims, end, found};

	found->count = 0;
	for (size_t i = claims->rows[first]; i < claims->rows[end]; i++) {
		if (claims->items[i].field != field)
			continue;
		if (is_sum(field) || field == FIELD_TAX)
			read_amount(&search, i);
		else if (field == FIELD_ISSUE || field == FIELD_DUE)
			read_date(&search, i);
		else
			read_number(&search, i);
	}
}

/* "14 days 2%", "2% within 14 days": for a discount, not for the payment. */
static bool is_discount(const struct paper_row *row, uint32_t from, uint32_t to)
{
	for (uint32_t at = to; at < row->size && at < to + 12; at++)
		if (row->fold[at] == '%')
			return true;
	for (uint32_t at = from > 25 ? from - 25 : 0; at < from; at++)
		if (row->fold[at] == '%')
			return true;
	return false;
}

int invoice_terms_days(
	const struct paper *paper, const struct invoice_claims *claims, size_t first, size_t end)
{
	static const char *const days[] = {"days", "day", "tage", "tagen", "tag", "dagen", "dag",
		"jours", "dias", "giorni", "gg", "dni", "dagar", "dager", "nap", "zile", "gun"};

	for (size_t i = claims->rows[first]; i < claims->rows[end]; i++) {
		const struct invoice_claim *claim = &claims->items[i];
		const struct paper_row *row = &paper->rows[claim->row];

		if (claim->field != FIELD_TERMS && claim->field != FIELD_DUE)
			continue;
		for (uint32_t at = claim->to; at < row->size && at < claim->to + 60; at++) {
			int number = 0;
			uint32_t end_of = at;

			if (!paper_is_digit(row->fold[at]) || paper_is_word(row->fold[at - 1]))
				continue;
			while (paper_is_digit(row->fold[end_of]) && end_of < at + 4)
				number = number * 10 + (row->fold[end_of++] - '0');
			end_of += row->fold[end_of] == ' ';
			for (size_t d = 0; d < ARRAY_COUNT(days); d++)
				if (strncmp(row->fold + end_of, days[d], strlen(days[d])) == 0 &&
					number > 0 && number <= 180 &&
					!is_discount(row, at, end_of))
					return number;
			at = end_of;
		}
	}
	return 0;
}
