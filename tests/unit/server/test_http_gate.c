/* test_http_gate.c - the gate by itself: what it counts, where it stops, the same for any split. */
#include <limits.h>

#include "http_gate.h"
#include "test.h"

static const struct sio_http_limits tight = { .head_max = 64, .target_max = 8, .lines_max = 2 };

struct gate_case { const char *bytes; size_t size; int want; };     /* bytes taken; -1: more to come */
#define IN(bytes, want) { bytes, sizeof bytes - 1, want }

static const struct gate_case cases[] = {
    IN("GET / HTTP/1.1\r\n\r\nrest", 18),
    IN("GET / HTTP/1.1\r\nA: b\r\n\r\n", 24),
    IN("GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n", 30),
    IN("GET / HTTP/1.1\r\nA: b\r\nC: d\r\nE: f\r\n\r\n", -431),
    IN("GET / HTTP/1.1\r\nA: b\r\n", -1),
    IN("GET / HTTP/1.1\r\n\r", -1),
    IN("G", -1),
    IN("\r\n", -400),
    IN("\n", -400),
    IN("GET\n", -400),
    IN("GET\rX", -400),
    IN("GET / HTTP/1.1\r\n\n", -400),
    IN("GET / HTTP/1.1\r\n\rX", -400),
    IN("GET / HTTP/1.1\r\n\r\r\n", -400),
    IN("GET / HTTP/1.1\r\n A: b\r\n\r\n", -400),
    IN("GET / HTTP/1.1\r\n\tA: b\r\n\r\n", -400),
    IN("GET / HTTP/1.1\r\nA:\tb\r\n\r\n", 24),
    IN("GET / HTTP/1.1\r\nA: \0\r\n\r\n", -400),
    IN("GET / HTTP/1.1\r\nA: \x1f\r\n\r\n", -400),
    IN("GET / HTTP/1.1\r\nA: \x7f\r\n\r\n", -400),
    IN("GET / HTTP/1.1\r\nA: \xff\r\n\r\n", 24),
    IN("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n", 42),       /* 40 is 8 and 32 around it          */
    IN("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n", -414),
    IN("GET / HTTP/1.1\r\nA: 4567890123456789012345678901234567890123\r\n\r\n", 64 - 1),
    IN("GET / HTTP/1.1\r\nA: 45678901234567890123456789012345678901234\r\n\r\n", 64),
    IN("GET / HTTP/1.1\r\nA: 456789012345678901234567890123456789012345\r\n\r\n", -431),
};

static int run(const struct gate_case *c, size_t first, size_t step)
{
    struct http_gate gate = { 0 };
    size_t done = 0;

    for (size_t size = first; done < c->size; size = step) {
        bool ended;
        int taken;

        size = size < c->size - done ? size : c->size - done;
        taken = http_gate_scan(&gate, &tight, c->bytes + done, size, &ended);
        if (taken < 0)
            return taken;
        done += (size_t)taken;
        if (ended)
            return (int)done;
        CHECK_INT(taken, size);
    }
    return -1;
}

TEST(http_gate, stops_at_the_same_byte_for_any_split)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t first = 0; first <= cases[i].size; first++)
            for (size_t step = 1; step <= cases[i].size; step++) {
                int got = run(&cases[i], first, step);

                if (got != cases[i].want)
                    fail_msg("case %zu, %zu then %zu: %d, not %d", i, first, step, got, cases[i].want);
            }
}
