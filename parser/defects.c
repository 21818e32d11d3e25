#include "parser/defects.h"

void defect_add(struct defects *defects, const char *name)
{
	struct span added = span_from(name);

	for (size_t i = 0; i < defects->count; i++)
		if (span_equal(defects->names[i], added))
			return;
	if (defects->count < DEFECTS_MAX)
		defects->names[defects->count++] = added;
}
