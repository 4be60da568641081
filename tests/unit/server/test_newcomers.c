/* test_newcomers.c - both limits, on both sides. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "newcomers.h"
#include "test.h"

/* Sessions are only names here. */
static const struct eio_session *session(int number)
{
    return (const struct eio_session *)(uintptr_t)(number + 1);
}

static int come(struct newcomers *n, int number, const char *address)
{
    int err = newcomers_allow(n, address);

    if (err == 0)
        newcomers_enter(n, session(number), address);
    return err;
}

TEST(newcomers, of_one_address_are_limited)
{
    struct newcomers *n = newcomers_new(100, 3);

    for (int i = 0; i < 3; i++)
        CHECK_INT(come(n, i, "192.0.2.1"), 0);
    CHECK_INT(come(n, 3, "192.0.2.1"), -EBUSY);
    CHECK_INT(come(n, 4, "192.0.2.10"), 0);     /* not an address that begins like it               */
    newcomers_leave(n, session(1));
    CHECK_INT(come(n, 6, "192.0.2.1"), 0);
    CHECK_INT(come(n, 7, "192.0.2.1"), -EBUSY);
    newcomers_free(n);
}

TEST(newcomers, of_one_net_of_64_bits_are_of_one_address)
{
    struct newcomers *n = newcomers_new(100, 2);

    CHECK_INT(come(n, 0, "2001:db8:0:1::1"), 0);
    CHECK_INT(come(n, 1, "2001:db8:0:1:ffff::2"), 0);
    CHECK_INT(come(n, 2, "2001:db8:0:1:2:3:4:5"), -EBUSY);
    CHECK_INT(come(n, 3, "2001:db8:0:2::1"), 0);
    CHECK_INT(come(n, 4, "::1"), 0);
    CHECK_INT(come(n, 5, "0.0.0.1"), 0);
    newcomers_free(n);
}

TEST(newcomers, are_limited_in_all)
{
    struct newcomers *n = newcomers_new(4, 2);
    char address[16];

    for (int i = 0; i < 4; i++) {
        (void)snprintf(address, sizeof address, "192.0.2.%d", i);
        CHECK_INT(come(n, i, address), 0);
    }
    CHECK_INT(come(n, 4, "198.51.100.1"), -EBUSY);
    newcomers_leave(n, session(0));
    newcomers_leave(n, session(0));             /* logged in first, then gone                       */
    newcomers_leave(n, session(99));
    CHECK_INT(come(n, 4, "198.51.100.1"), 0);
    CHECK_INT(come(n, 5, "198.51.100.1"), -EBUSY);
    newcomers_free(n);
    newcomers_free(NULL);
}
