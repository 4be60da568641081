/* test_listener.c - where plain HTTP may be spoken. That it listens is shown by test_sio_uv.c. */
#include "listener.h"
#include "test.h"

static const struct { const char *host; bool want; } hosts[] = {
    { "localhost", true },          { "127.0.0.1", true },      { "127.255.255.254", true },
    { "::1", true },                { "0:0:0:0:0:0:0:1", true }, { "::ffff:127.0.0.1", true },
    { "*", false },                 { "0.0.0.0", false },       { "::", false },
    { "192.0.2.1", false },         { "::2", false },           { "::ffff:192.0.2.1", false },
    { "localhost.example.org", false }, { "LOCALHOST", false }, { "127.1", false },
    { "", false },                  { "128.0.0.1", false },     { "fe80::1", false },
    { "::127.0.0.1", false },
};

TEST(listener, knows_what_is_loopback)
{
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (listener_is_loopback(hosts[i].host) != hosts[i].want)
            fail_msg("%s: %d", hosts[i].host, !hosts[i].want);
}
