#include "ws_deflate.h"
#include "ws_fixture.h"

#define EXT "sec-websocket-extensions"
static const struct offer_row {
    const char *offer;
    bool forget;
    int bits;
    const char *answer;                         /* NULL: declined                                   */
} offers[] = {
    { "permessage-deflate", false, 15, "permessage-deflate" },
    { "Permessage-Deflate ; client_max_window_bits", false, 15, "permessage-deflate" },
    { "permessage-deflate; client_max_window_bits", false, 12,
      "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12" },
    { "permessage-deflate", false, 12, "permessage-deflate; server_max_window_bits=12" },
    { "permessage-deflate; client_max_window_bits=\"10\"", false, 15,
      "permessage-deflate; client_max_window_bits=10" },
    { "permessage-deflate; client_max_window_bits=8", false, 15,
      "permessage-deflate; client_max_window_bits=8" },
    { "permessage-deflate; server_max_window_bits=10", false, 15,
      "permessage-deflate; server_max_window_bits=10" },
    { "permessage-deflate; server_max_window_bits=15", false, 15,
      "permessage-deflate; server_max_window_bits=15" },
    { "permessage-deflate;server_no_context_takeover", false, 15,
      "permessage-deflate; server_no_context_takeover" },
    { "permessage-deflate; client_no_context_takeover", false, 15,
      "permessage-deflate; client_no_context_takeover" },
    { "permessage-deflate", true, 15,
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover" },
    { "x-webkit-deflate-frame, permessage-deflate", false, 15, "permessage-deflate" },
    { "permessage-deflate; server_max_window_bits=8, permessage-deflate", false, 15, "permessage-deflate" },
    { "permessage-deflate; server_max_window_bits=8", false, 15, NULL },      /* zlib cannot           */
    { "permessage-deflate; server_max_window_bits", false, 15, NULL },
    { "permessage-deflate; server_max_window_bits=", false, 15, NULL },
    { "permessage-deflate; server_max_window_bits=7", false, 15, NULL },
    { "permessage-deflate; server_max_window_bits=16", false, 15, NULL },
    { "permessage-deflate; server_max_window_bits=010", false, 15, NULL },
    { "permessage-deflate; server_max_window_bits=+9", false, 15, NULL },
    { "permessage-deflate; server_max_window_bits=\"10", false, 15, NULL },
    { "permessage-deflate; client_max_window_bits=1", false, 15, NULL },
    { "permessage-deflate; client_max_window_bits=100", false, 15, NULL },
    { "permessage-deflate; server_no_context_takeover=1", false, 15, NULL },
    { "permessage-deflate; server_no_context_takeover; server_no_context_takeover", false, 15, NULL },
    { "permessage-deflate; unknown", false, 15, NULL },
    { "permessage-deflate; constructor=1", false, 15, NULL },
    { "permessage-deflate; =", false, 15, NULL },
    { "constructor", false, 15, NULL },
    { "permessage-deflated", false, 15, NULL },
    { "", false, 15, NULL },
};

TEST(ws_deflate_offer, answers_the_first_offer_it_can_take)
{
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
        struct ws_options options = { .deflate = true, .deflate_forget = offers[i].forget,
                                      .deflate_window_bits = offers[i].bits };
        const struct ws_header headers[] = { { EXT, offers[i].offer }, { 0 } };
        struct ws_request r = request_of(headers);
        struct ws_deflate_terms terms;
        char answer[WS_DEFLATE_ANSWER_MAX] = "";
        bool taken = ws_deflate_choose(&options, &r, &terms, answer);

        if (taken != (offers[i].answer != NULL))
            fail_msg("%s: %d", offers[i].offer, taken);
        if (taken)
            CHECK_STR(answer, offers[i].answer);
        options.deflate = false;
        CHECK(!ws_deflate_choose(&options, &r, &terms, answer));
    }
}
