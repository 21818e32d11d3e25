/* Any bytes as a PDF: the files in it are bounded, however it is broken. */
#include "parser/limits.h"
#include "parser/pdf.h"
#include "tests/fuzz/fuzz_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct pdf_file *files;
	size_t count;

	files = pdf_embedded(fuzz_span(data, size), 0, &arena, &count);
	fuzz_must(count <= PDF_FILES_MAX);
	for (size_t i = 0; i < count; i++) {
		fuzz_must(files[i].bytes.size > 0 && files[i].bytes.size <= XML_BYTES_MAX);
		fuzz_must(text_is_utf8(files[i].name));
	}
	arena_done(&arena);
	return 0;
}
