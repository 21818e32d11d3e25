#include "cli/json.h"
#include "cli/ticket.h"
#include "ingest/bill_reading.h"

bool ticket_readings_add(
	struct cli *cli, const struct ticket *ticket, json_t *object, struct error *err)
{
	json_t *array = json_array();
	struct bill_reading *rows;
	size_t count;

	json_object_set_new(object, "reading", array);
	if (!bill_readings(cli->db, ticket, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct bill_reading *row = &rows[i];
		json_t *reading = json_object();

		json_object_set_new(reading, "field", json_string(row->field));
		json_object_set_new(reading, "source",
			row->read ? json_string(facts_invoice_source_name(row->source))
				  : json_null());
		json_object_set_new(reading, "attachment", json_span_or_null(row->attachment));
		json_object_set_new(reading, "confidence",
			row->read ? json_real(row->confidence) : json_null());
		json_array_append_new(array, reading);
	}
	return true;
}
