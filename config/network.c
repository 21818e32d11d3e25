#include "config/network.h"

#include <arpa/inet.h>
#include <string.h>

static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* "[…]" and "IPv6:…" taken off. */
static struct span bare(struct span text)
{
	if (span_starts(text, SPAN("[")) && span_ends(text, SPAN("]")))
		text = span_part(text, 1, text.size - 2);
	return span_starts_fold(text, SPAN("IPv6:")) ? span_after(text, 5) : text;
}

static bool address_read(struct span text, struct network *network, int *bits_max)
{
	char string[INET6_ADDRSTRLEN];

	if (text.size == 0 || text.size >= sizeof string)
		return false;
	memcpy(string, text.data, text.size);
	string[text.size] = '\0';
	*bits_max = 128;
	if (inet_pton(AF_INET6, string, network->bytes) == 1)
		return true;
	*bits_max = 32;
	memcpy(network->bytes, mapped, sizeof mapped);
	return inet_pton(AF_INET, string, network->bytes + sizeof mapped) == 1;
}

/* One to three digits and nothing else; -1: no number. */
static int number(struct span text)
{
	int value = 0;

	if (text.size == 0 || text.size > 3)
		return -1;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -1;
		value = value * 10 + (text.data[i] - '0');
	}
	return value;
}

bool network_read(struct span text, struct network *network)
{
	ptrdiff_t slash = span_find_byte(text, '/');
	struct span address = slash < 0 ? bare(text) : span_part(text, 0, (size_t)slash);
	int bits_max, bits;

	if (!address_read(address, network, &bits_max))
		return false;
	bits = slash < 0 ? bits_max : number(span_after(text, (size_t)slash + 1));
	network->bits = 128 - bits_max + bits;
	return bits >= 0 && bits <= bits_max;
}

bool network_holds(const struct network *network, const struct network *address)
{
	size_t whole = (size_t)network->bits / 8;
	int rest = network->bits % 8;

	if (memcmp(network->bytes, address->bytes, whole) != 0)
		return false;
	return rest == 0 || (network->bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}
