#include "cli/sheet.h"

#include "base/csv.h"
#include "cli/json.h"

static void cell_append(
	struct buffer *out, bool first, const json_t *value, const struct column *column)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	const json_t *item;
	size_t i;

	switch (json_typeof(value)) {
	case JSON_STRING:
		/* Amounts are text in JSON, and ours: their sign is no formula. */
		if (column->kind == COLUMN_NUMBER)
			csv_append_plain(out, first, span_from(json_string_value(value)));
		else
			csv_append(out, first, span_from(json_string_value(value)));
		return;
	case JSON_INTEGER:
		buffer_format(&text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		buffer_format(&text, "%.2f", json_real_value(value));
		break;
	case JSON_TRUE:
		buffer_append_string(&text, "yes");
		break;
	case JSON_ARRAY:
		json_array_foreach((json_t *)value, i, item)
		{
			buffer_append_string(&text, i ? " " : "");
			if (json_is_integer(item))
				buffer_format(
					&text, "%" JSON_INTEGER_FORMAT, json_integer_value(item));
			else
				buffer_append(&text, span_from(json_string_value(item)));
		}
		csv_append(out, first, buffer_span(&text));
		return;
	default:
		break;
	}
	csv_append_plain(out, first, buffer_span(&text));
}

void sheet_append(
	struct buffer *out, const json_t *array, const struct column *columns, size_t column_count)
{
	const json_t *row;
	size_t index;

	for (size_t i = 0; i < column_count; i++)
		csv_append_plain(out, i == 0, span_from(columns[i].title));
	csv_end_row(out);
	json_array_foreach((json_t *)array, index, row)
	{
		for (size_t i = 0; i < column_count; i++) {
			const json_t *value = json_at(row, columns[i].key);

			cell_append(out, i == 0, value ? value : json_null(), &columns[i]);
		}
		csv_end_row(out);
	}
}
