/* The reader role alone, for tests/e2e/test_reader.py, which plays supervisor and ledger. */
#include "daemon/reader.h"

int main(int argc, char **argv)
{
	return reader_main(argc > 1 ? argv[1] : "test");
}
