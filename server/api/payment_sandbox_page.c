/* payment_sandbox_page.c - the hosted checkout, as a browser sees it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "door.h"
#include "parse.h"
#include "payment_sandbox.h"
#include "xalloc.h"

enum { VALUE_SIZE = 72, AT_SIZE = sizeof "/sandbox/checkout/" - 1 };

static const struct words {
    const char *lang, *title, *note, *amount, *delay, *pay, *fail, *late, *twice, *repeat, *silent, *back,
        *refused;
} words[] = {
    { "en", "Payment sandbox", "No real money moves here.", "To pay", "Tell the clinic later, in seconds",
      "Pay", "Let it fail", "Pay late, after the time is lost", "Pay twice", "Pay, and tell it five times",
      "Pay, and never tell it",
      "Back without paying", "That was not possible. Go back and look at your appointment." },
    { "zh-CN", "支付沙箱", "这里不会产生真实的资金往来。", "应付金额", "延迟通知诊所(秒)", "支付",
      "模拟支付失败", "逾期支付(预留时间已过)", "重复支付两次", "支付并重复通知五次", "支付但从不通知", "不支付,返回",
      "操作未成功,请返回查看预约。" },
};

static const struct words *words_of(const struct sio_http_request *r)
{
    const char *accepted = sio_http_header(r, "accept-language");
    char lang[16] = "";

    if (sio_http_query_find(r->query, "lang", lang, sizeof lang) < 0)
        (void)snprintf(lang, sizeof lang, "%s", accepted != NULL ? accepted : "");
    return &words[strncasecmp(lang, "zh", 2) == 0];
}

struct read {
    char session[VALUE_SIZE], order[VALUE_SIZE], currency[VALUE_SIZE], appointment[VALUE_SIZE],
        signature[VALUE_SIZE];
};

/* What was signed are our own ids: nothing in it needs quoting once it is checked. */
static int checkout_read(struct api *api, const struct sio_http_request *r, struct read *read,
                         struct sandbox_checkout *c)
{
    char amount[24], expires[24];
    const struct {
        const char *name;
        char *at;
        size_t size;
    } all[] = {
        { "order", read->order, VALUE_SIZE },
        { "currency", read->currency, VALUE_SIZE },
        { "appointment", read->appointment, VALUE_SIZE },
        { "signature", read->signature, VALUE_SIZE },
        { "amount", amount, sizeof amount },
        { "expires", expires, sizeof expires },
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (sio_http_query_find(r->query, all[i].name, all[i].at, all[i].size) < 0)
            return -ENOENT;
    if (strlen(r->path) - AT_SIZE >= VALUE_SIZE)
        return -ENOENT;
    (void)snprintf(read->session, VALUE_SIZE, "%s", r->path + AT_SIZE);
    *c = (struct sandbox_checkout){ .session = read->session,
                                    .order = read->order,
                                    .currency = read->currency,
                                    .appointment = read->appointment,
                                    .signature = read->signature };
    if (parse_int(amount, 1, INT64_MAX, &c->amount_minor) != 0 ||
        parse_int(expires, 1, INT64_MAX, &c->expires_utc) != 0)
        return -ENOENT;
    return sandbox_checkout_check(api, c);
}

/* ISO 4217: most have two digits behind the point; these have not. "CNY 50.00", "JPY 5000", "KWD 5.000" */
static void amount_print(const struct sandbox_checkout *c, char ret_text[VALUE_SIZE])
{
    static const char *const without[] = { "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                           "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF" };
    static const char *const three[] = { "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND" };
    int digits = 2;
    int64_t unit;

    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (strcmp(without[i], c->currency) == 0)
            digits = 0;
    for (size_t i = 0; i < sizeof three / sizeof *three; i++)
        if (strcmp(three[i], c->currency) == 0)
            digits = 3;
    unit = digits == 3 ? 1000 : 100;
    if (digits == 0)
        (void)snprintf(ret_text, VALUE_SIZE, "%s %lld", c->currency, (long long)c->amount_minor);
    else
        (void)snprintf(ret_text, VALUE_SIZE, "%s %lld.%0*lld", c->currency,
                       (long long)(c->amount_minor / unit), digits, (long long)(c->amount_minor % unit));
}

static char *page_make(const struct words *w, const struct sandbox_checkout *c)
{
    char amount[VALUE_SIZE];

    amount_print(c, amount);
    return xprintf(
        "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>%s</title>"
        "<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/sandbox/checkout.css\">"
        "<script defer src=\"/sandbox/checkout.js\"></script></head><body><main><h1>%s</h1><p>%s</p>"
        "<p>%s <strong id=\"amount\">%s</strong></p>"
        "<button class=\"main\" value=\"pay\">%s</button><button value=\"fail\">%s</button>"
        "<button value=\"late\">%s</button><button value=\"twice\">%s</button>"
        "<button value=\"repeat\">%s</button><button value=\"silent\">%s</button>"
        "<label>%s <input id=\"delay\" type=\"number\" min=\"0\" max=\"86400\" value=\"0\"></label>"
        "<p id=\"refused\" role=\"alert\" hidden>%s</p><a "
        "href=\"/appointments/%s\">%s</a></main></body></html>\n",
        w->lang, w->title, w->title, w->note, w->amount, amount, w->pay, w->fail, w->late, w->twice,
        w->repeat, w->silent, w->delay, w->refused, c->appointment, w->back);
}

static void reply(const struct sio_http_request *r, const char *type, const char *text)
{
    const struct ws_header headers[] = { { "Content-Type", type }, { "Cache-Control", "no-store" }, { 0 } };

    (void)sio_http_reply(r->ticket, 200, headers, (struct ws_bytes){ text, strlen(text) });
}

void sandbox_page(struct api *api, const struct sio_http_request *r)
{
    struct sandbox_checkout c;
    struct read read;
    char *page;

    if (checkout_read(api, r, &read, &c) != 0) {
        (void)sio_http_problem(r->ticket, 404, "not-found", "There is no such checkout.", r->id, NULL);
        return;
    }
    page = page_make(words_of(r), &c);
    reply(r, "text/html; charset=utf-8", page);
    free(page);
}

void sandbox_script(struct api *api, const struct sio_http_request *r)
{
    (void)api;
    reply(r, "text/javascript; charset=utf-8",
          "const buttons = document.querySelectorAll('button')\n"
          "const enable = (on) => buttons.forEach((b) => { b.disabled = !on })\n"
          "async function act(action) {\n"
          "  enable(false)\n"
          "  const delaySeconds = Number(document.getElementById('delay').value)\n"
          "  const reply = await fetch(location.pathname + location.search, { method: 'POST',\n"
          "    headers: { 'Content-Type': 'application/json' },\n"
          "    body: JSON.stringify({ action, delaySeconds }) }).catch(() => null)\n"
          "  if (reply?.ok) return location.assign((await reply.json()).return)\n"
          "  document.getElementById('refused').hidden = false\n"
          "  enable(true)\n"
          "}\n"
          "buttons.forEach((b) => b.addEventListener('click', () => act(b.value)))\n");
}

void sandbox_style(struct api *api, const struct sio_http_request *r)
{
    (void)api;
    reply(r, "text/css; charset=utf-8",
          "body{margin:0;background:#f3f5f8;color:#1d2530;font:16px/1.5 system-ui,sans-serif}\n"
          "main{max-width:26rem;margin:2rem auto;padding:1.5rem;background:#fff;border:1px solid #cfd6df;"
          "border-radius:8px}\n"
          "h1{font-size:1.4rem;margin:0}\n"
          "strong{font-size:1.4rem;float:right}\n"
          "button{display:block;width:100%;min-height:48px;margin:.5rem 0;font:inherit;color:#1d2530;"
          "background:#fff;border:1px solid #66758a;border-radius:6px;cursor:pointer}\n"
          "button.main{color:#fff;background:#0a5cad;border-color:#0a5cad}\n"
          "button:disabled{opacity:.5;cursor:wait}\n"
          "label{display:block;margin:1rem 0}\n"
          "input{font:inherit;width:6rem;min-height:40px}\n"
          "#refused{color:#a3150b}\n"
          "a{display:inline-block;padding:12px 0;color:#0a5cad}\n");
}
