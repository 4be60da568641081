/* ws_deflate_offer.c - RFC 7692, 5 and 7.1: which offer of permessage-deflate is taken, and the answer. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ws_deflate.h"
#include "ws_handshake.h"

enum { BITS_MIN = 9, BITS_MAX = 15 };           /* zlib has no raw stream of 8 bits                 */
enum parameter { SERVER_FORGET, CLIENT_FORGET, SERVER_BITS, CLIENT_BITS, PARAMETERS };

static const struct { const char *name; bool has_value, value_optional; } parameters[PARAMETERS] = {
    [SERVER_FORGET] = { "server_no_context_takeover", false, false },
    [CLIENT_FORGET] = { "client_no_context_takeover", false, false },
    [SERVER_BITS]   = { "server_max_window_bits", true, false },
    [CLIENT_BITS]   = { "client_max_window_bits", true, true },
};

struct offer { bool has[PARAMETERS]; int bits[PARAMETERS]; };   /* bits 0: no value                 */

static struct ws_bytes trimmed(const char *at, size_t size)
{
    for (; size > 0 && (*at == ' ' || *at == '\t'); size--)
        at++;
    while (size > 0 && (at[size - 1] == ' ' || at[size - 1] == '\t'))
        size--;
    return (struct ws_bytes){ at, size };
}

/* Takes the next piece before `by` out of *rest. */
static struct ws_bytes piece_before(struct ws_bytes *rest, char by)
{
    const char *at = rest->at, *end = memchr(at, by, rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - at), gone = end == NULL ? size : size + 1;

    *rest = (struct ws_bytes){ at + gone, rest->size - gone };
    return trimmed(at, size);
}

static bool same(struct ws_bytes text, const char *name)
{
    return text.size == strlen(name) && strncasecmp(text.at, name, text.size) == 0;
}

/* 7.1.2: a decimal from 8 to 15 without leading zeros, quoted or not; 0 when it is something else. */
static int bits_of(struct ws_bytes value)
{
    const char *at = value.at;

    if (value.size >= 2 && at[0] == '"' && at[value.size - 1] == '"') {
        at++;
        value.size -= 2;
    }
    if (value.size == 1 && (at[0] == '8' || at[0] == '9'))
        return at[0] - '0';
    if (value.size == 2 && at[0] == '1' && at[1] >= '0' && at[1] <= '5')
        return 10 + at[1] - '0';
    return 0;
}

static bool parameter_read(struct offer *offer, struct ws_bytes text)
{
    bool has_value = memchr(text.at, '=', text.size) != NULL;
    struct ws_bytes name = piece_before(&text, '='), value = trimmed(text.at, text.size);

    for (int i = 0; i < PARAMETERS; i++) {
        if (!same(name, parameters[i].name))
            continue;
        if (offer->has[i] || (has_value ? !parameters[i].has_value
                                        : parameters[i].has_value && !parameters[i].value_optional))
            return false;
        offer->has[i] = true;
        offer->bits[i] = has_value ? bits_of(value) : 0;
        return !has_value || offer->bits[i] != 0;
    }
    return false;
}

/* 7.1: an offer with an unknown, doubled or wrong parameter is declined. */
static bool offer_read(struct offer *offer, struct ws_bytes text)
{
    *offer = (struct offer){ .has = { false } };
    if (!same(piece_before(&text, ';'), "permessage-deflate"))
        return false;
    while (text.size > 0)
        if (!parameter_read(offer, piece_before(&text, ';')))
            return false;
    return true;
}

static int least(int a, int b)
{
    return b != 0 && b < a ? b : a;
}

/* False: this offer wants a window that we do not have. */
static bool agree(const struct ws_options *options, const struct offer *offer, struct ws_deflate_terms *ret)
{
    int bits = options->deflate_window_bits;

    *ret = (struct ws_deflate_terms){
        .server_forget = offer->has[SERVER_FORGET] || options->deflate_forget,
        .client_forget = offer->has[CLIENT_FORGET] || options->deflate_forget,
        .server_bits = least(bits, offer->bits[SERVER_BITS]),
        .client_bits = offer->has[CLIENT_BITS] ? least(bits, offer->bits[CLIENT_BITS]) : BITS_MAX,
    };
    if (ret->client_bits < BITS_MIN)
        ret->client_bits = BITS_MIN;            /* a stream of 8 bits is one of 9, too              */
    return ret->server_bits >= BITS_MIN;
}

static void answer_write(const struct offer *offer, const struct ws_deflate_terms *terms, char *to)
{
    char server_bits[40] = "", client_bits[40] = "";

    if (offer->has[SERVER_BITS] || terms->server_bits < BITS_MAX)
        (void)snprintf(server_bits, sizeof server_bits, "; server_max_window_bits=%d", terms->server_bits);
    if (offer->has[CLIENT_BITS] && terms->client_bits < BITS_MAX)       /* 7.1.2.2: only when offered */
        (void)snprintf(client_bits, sizeof client_bits, "; client_max_window_bits=%d",
                       least(terms->client_bits, offer->bits[CLIENT_BITS]));
    (void)snprintf(to, WS_DEFLATE_ANSWER_MAX, "permessage-deflate%s%s%s%s",
                   terms->server_forget ? "; server_no_context_takeover" : "",
                   terms->client_forget ? "; client_no_context_takeover" : "", server_bits, client_bits);
}

bool ws_deflate_choose(const struct ws_options *options, const struct ws_request *request,
                       struct ws_deflate_terms *ret, char ret_answer[WS_DEFLATE_ANSWER_MAX])
{
    const struct ws_header *row = NULL;
    const char *at = NULL;
    struct ws_bytes text;
    struct offer offer;

    if (!options->deflate)
        return false;
    while (ws_header_token(request, "sec-websocket-extensions", &row, &at, &text))
        if (offer_read(&offer, text) && agree(options, &offer, ret)) {
            answer_write(&offer, ret, ret_answer);
            return true;
        }
    return false;
}
