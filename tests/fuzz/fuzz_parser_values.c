/* Any text as a time, a day in a sentence, an amount, an account number: valid or refused. */
#include "parser/day.h"
#include "parser/money.h"
#include "parser/timestamp.h"
#include "tests/fuzz/fuzz_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct date from = {2026, 11, 21};
	struct span text = fuzz_span(data, size), iban;
	struct arena arena = {0};
	struct facts_time time;
	struct date day;
	size_t taken = 0;
	int64_t cents;

	if (timestamp_read(text, 60, &time)) {
		fuzz_must(time.present);
		fuzz_must(time.offset_minutes >= -24 * 60 && time.offset_minutes <= 24 * 60);
	}
	if (day_read(text, from, &day, &taken))
		fuzz_must(date_is_valid(day) && taken > 0 && taken <= size);
	taken = 0;
	if (money_read(text, &cents, &taken))
		fuzz_must(taken > 0 && taken <= size);
	(void)money_from_decimal(text, &cents);
	taken = 0;
	if (money_currency(text, &taken).size > 0)
		fuzz_must(taken > 0 && taken <= size);
	iban = iban_clean(&arena, text);
	if (iban.size > 0)
		fuzz_must(iban.size >= 15 && iban.size <= 34);
	(void)iban_is_valid(iban);
	arena_done(&arena);
	return 0;
}
