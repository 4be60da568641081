/* test_proxies.c - whom we believe, and whose address a request then has. */
#include <errno.h>

#include "proxies.h"
#include "test.h"

static const char *const nets[] = {
    "10.0.0.0/8", "192.0.2.7", "172.16.0.0/12", "2001:db8::/33", "::1", NULL,
};

static struct proxies *make(const char *const *list)
{
    struct proxies *p = NULL;

    CHECK_INT(proxies_new(list, &p, NULL), 0);
    return p;
}

static const struct { const char *address; bool trusted; } addresses[] = {
    { "10.0.0.0", true },          { "10.255.255.255", true },   { "11.0.0.0", false },
    { "9.255.255.255", false },    { "192.0.2.7", true },        { "192.0.2.6", false },
    { "192.0.2.8", false },        { "172.16.0.1", true },       { "172.31.255.255", true },
    { "172.32.0.0", false },       { "172.15.255.255", false },  { "::ffff:10.1.2.3", true },
    { "::ffff:11.1.2.3", false },  { "::1", true },              { "::2", false },
    { "0:0:0:0:0:0:0:1", true },   { "2001:db8::1", true },      { "2001:db8:7fff::1", true },
    { "2001:db8:8000::1", false }, { "::10.1.2.3", false },      { "", false },
    { "10.1", false },             { "010.0.0.1", false },       { "10.0.0.1 ", false },
    { "localhost", false },
};

TEST(proxies, trusts_what_is_in_its_nets)
{
    struct proxies *p = make(nets);

    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (proxies_trust(p, addresses[i].address) != addresses[i].trusted)
            fail_msg("%s: %d", addresses[i].address, !addresses[i].trusted);
    proxies_free(p);
}

TEST(proxies, trusts_nobody_without_nets)
{
    struct proxies *p = make(NULL);
    char at[ADDRESS_MAX];

    CHECK(!proxies_trust(p, "127.0.0.1"));
    proxies_client(p, "127.0.0.1", "8.8.8.8", at);
    CHECK_STR(at, "127.0.0.1");
    proxies_free(p);
}

static const struct { const char *peer, *forwarded, *want; } clients[] = {
    { "10.0.0.1", "8.8.8.8", "8.8.8.8" },
    { "10.0.0.1", NULL, "10.0.0.1" },
    { "10.0.0.1", "", "10.0.0.1" },
    { "8.8.4.4", "9.9.9.9", "8.8.4.4" },                 /* a stranger says what he likes            */
    { "10.0.0.1", "1.1.1.1, 8.8.8.8", "8.8.8.8" },       /* left of the stranger: his own words      */
    { "10.0.0.1", "1.1.1.1, 8.8.8.8, 10.2.2.2", "8.8.8.8" },
    { "10.0.0.1", "8.8.8.8,10.2.2.2,192.0.2.7", "8.8.8.8" },
    { "10.0.0.1", "10.3.3.3, 10.2.2.2", "10.3.3.3" },    /* all ours: where it began                 */
    { "10.0.0.1", "garbage, 8.8.8.8", "8.8.8.8" },
    { "10.0.0.1", "8.8.8.8, garbage", "10.0.0.1" },
    { "10.0.0.1", "8.8.8.8, garbage, 10.2.2.2", "10.0.0.1" },
    { "10.0.0.1", "8.8.8.8,", "10.0.0.1" },
    { "10.0.0.1", ",8.8.8.8", "8.8.8.8" },
    { "10.0.0.1", "\t 8.8.8.8 \t", "8.8.8.8" },
    { "10.0.0.1", "8.8.8.8:1234", "10.0.0.1" },
    { "10.0.0.1", "2001:DB8:ffff::1", "2001:db8:ffff::1" },
    { "10.0.0.1", "::ffff:8.8.8.8", "8.8.8.8" },         /* one spelling, one bucket                 */
    { "::ffff:10.0.0.1", "8.8.8.8", "8.8.8.8" },
    { "::ffff:8.8.4.4", "1.1.1.1", "8.8.4.4" },
    { "::1", "2001:db8::5, ::1", "2001:db8::5" },
    { "10.0.0.1", "8.8.8.8, 0000:0000:0000:0000:0000:0000:0000:0000:0000:0001", "10.0.0.1" },
    { "", "8.8.8.8", "" },
};

TEST(proxies, find_the_client)
{
    struct proxies *p = make(nets);

    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
        char at[ADDRESS_MAX];

        proxies_client(p, clients[i].peer, clients[i].forwarded, at);
        if (strcmp(at, clients[i].want) != 0)
            fail_msg("%s, \"%s\": %s, not %s", clients[i].peer, clients[i].forwarded, at, clients[i].want);
    }
    proxies_free(p);
}

TEST(proxies, writes_the_longest_address)
{
    static const char longest[] = "abcd:abcd:abcd:abcd:abcd:abcd:192.168.158.190";
    struct proxies *p = make(NULL);
    char at[ADDRESS_MAX];

    CHECK_INT(sizeof longest, ADDRESS_MAX);
    proxies_client(p, longest, NULL, at);
    CHECK_STR(at, "abcd:abcd:abcd:abcd:abcd:abcd:c0a8:9ebe");
    proxies_free(p);
}

static const char *const bad[] = {
    "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8/8", "10.0.0/8",
    "::/129", "::1/0x8", "10.0.0.0/0000", "example.org", "*", "1.2.3.4.5",
    "abcd:abcd:abcd:abcd:abcd:abcd:192.168.158.1901",
};

TEST(proxies, refuses_what_is_no_net_and_says_which)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *const list[] = { "::1", bad[i], "10.0.0.0/8", NULL }, *which = NULL;
        struct proxies *p = NULL;

        if (proxies_new(list, &p, &which) != -EINVAL)
            fail_msg("%s was taken", bad[i]);
        CHECK(which == bad[i] && p == NULL);
    }
}

TEST(proxies, takes_nets_of_every_size)
{
    static const char *const all[] = { "0.0.0.0/0", NULL }, *const one[] = { "::/0", NULL };
    struct proxies *four = make(all), *both = make(one);

    CHECK(proxies_trust(four, "255.1.2.3") && !proxies_trust(four, "2001:db8::1"));
    CHECK(proxies_trust(both, "255.1.2.3") && proxies_trust(both, "2001:db8::1"));
    proxies_free(four);
    proxies_free(both);
    proxies_free(NULL);
}
