/* test_static_files.c - pages out of a folder on disk, asked for over real connections. */
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "net_fixture.h"
#include "static_files.h"

static char folder[64];

static void put(const char *name, const char *text)
{
    char path[256];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    CHECK_INT(fwrite(text, 1, strlen(text), file), strlen(text));
    CHECK_INT(fclose(file), 0);
}

static void put_folder(const char *name)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    CHECK_INT(mkdir(path, 0700), 0);
}

static void put_link(const char *name, const char *to)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    CHECK_INT(symlink(to, path), 0);
}

static void folder_make(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/static-files-XXXXXX");
    assert_non_null(mkdtemp(folder));
    put_folder("assets");
    put_folder(".git");
    put_folder("empty");
    put("index.html", "<p>index</p>");
    put("index.html.gz", "packed index");
    put("assets/page-B1x_c3-4.js", "let page");
    put("assets/page-B1x_c3-4.js.br", "br page");
    put("assets/page-B1x_c3-4.js.gz", "gz page");
    put("assets/some-language.js", "let language");
    put("page-B1x_c3-4.css", "p {}");
    put("lonely.gz", "a file of its own");
    put("empty.txt", "");
    put("strange.xyz", "?");
    put(".secret", "no");
    put(".git/config", "no");
    put_link("out", "/etc/passwd");
    put_link("up", "..");
    put_link("assets/in.js", "some-language.js");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void folder_remove(void)
{
    CHECK_INT(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void on_request(void *app, const struct sio_http_request *r)
{
    static_files_serve(app, r);
    CHECK(!sio_http_waits(r->ticket));          /* always                                         */
}

struct pages { struct world w; struct static_files *files; struct sio_uv_route routes[2]; };

static void pages_open(struct pages *p)
{
    folder_make();
    CHECK_INT(static_files_open(folder, 1 << 20, &p->files), 0);
    world_open(&p->w, NULL);
    p->routes[0] = (struct sio_uv_route){ .path = "*", .handle = on_request, .app = p->files };
    p->routes[1] = (struct sio_uv_route){ .path = NULL };
    world_listen(&p->w, p->routes);
}

static void pages_close(struct pages *p)
{
    world_close(&p->w);
    static_files_free(p->files);
    folder_remove();
}

/* `lines` are request headers; `want`, separated by "|", must be in the reply, after "!" must not. */
struct page_case { const char *method, *target, *lines, *want; };
#define HTML "Accept: text/html,*/*;q=0.8\r\n"
#define HASHED "/assets/page-B1x_c3-4.js"

static const struct page_case cases[] = {
    { "GET", "/", "",
      "200 OK|no-cache\r\n|text/html; charset=utf-8\r\n|Vary: Accept-Encoding\r\n|<p>index</p>" },
    { "GET", "/index.html", "", "200 OK|<p>index</p>|no-cache\r\n" },
    { "HEAD", "/", "", "200 OK|Content-Length: 12\r\n|!<p>" },
    { "GET", "/", "Accept-Encoding: gzip\r\n", "Content-Encoding: gzip\r\n|packed index|text/html" },
    { "GET", "/", "Accept-Encoding: br\r\n", "!Content-Encoding|<p>index</p>" },
    { "GET", HASHED, "", "200 OK|immutable\r\n|text/javascript|let page|!Content-Encoding" },
    { "GET", HASHED, "Accept-Encoding: gzip, deflate, br\r\n", "br page|Content-Encoding: br|javascript" },
    { "GET", HASHED, "Accept-Encoding: GZIP\r\n", "gz page" },
    { "GET", HASHED, "Accept-Encoding: br;q=0, gzip\r\n", "gz page" },
    { "GET", HASHED, "Accept-Encoding: br; q=0.000,gzip;q=0\r\n", "let page" },
    { "GET", HASHED, "Accept-Encoding: br;q=0.001\r\n", "br page" },
    { "GET", HASHED, "Accept-Encoding: *\r\n", "br page" },
    { "GET", HASHED, "Accept-Encoding: *;q=0\r\n", "let page" },
    { "GET", HASHED, "Accept-Encoding: br;q=0, *\r\n", "gz page" },
    { "GET", HASHED, "Accept-Encoding: identity\r\n", "let page" },
    { "GET", HASHED, "Accept-Encoding: brr,xgzip\r\n", "let page" },
    { "GET", HASHED, "Accept-Encoding:\r\n", "let page" },
    { "GET", HASHED ".br", "", "404 " },        /* a form has no name of its own                    */
    { "GET", "/lonely.gz", "", "200 OK|a file of its own|application/octet-stream" },
    { "GET", "/assets/some-language.js", "", "no-cache\r\n" },      /* a word is no hash             */
    { "GET", "/page-B1x_c3-4.css", "", "no-cache\r\n|text/css" },   /* only below /assets/           */
    { "GET", "/empty.txt", "", "200 OK|Content-Length: 0\r\n|text/plain" },
    { "GET", "/strange.xyz", "", "200 OK|application/octet-stream" },
    { "GET", "/consults/con_1", HTML, "200 OK|<p>index</p>|no-cache" },
    { "HEAD", "/consults/con_1", HTML, "200 OK|!<p>" },
    { "GET", "/consults/con_1", "Accept: application/json\r\n", "404 |application/problem+json" },
    { "GET", "/consults/con_1", "", "404 " },
    { "GET", "/consults/", HTML, "200 OK|<p>index</p>" },
    { "GET", "/a.b/c", HTML, "200 OK|<p>index</p>" },
    { "GET", "/missing.js", HTML, "404 |!<p>" },
    { "GET", "/assets", HTML, "200 OK|<p>index</p>" },
    { "GET", "/.secret", "", "404 |!no</p>" },
    { "GET", "/.git/config", "", "404 " },
    { "GET", "/out", "", "404 |!root" },
    { "GET", "/up/index.html", "", "404 " },
    { "GET", "/assets/in.js", "", "404 " },
    { "GET", "/../index.html", "", "400 " },
    { "GET", "/assets/%2e%2e/index.html", "", "400 " },
    { "GET", "/assets%2f..%2findex.html", "", "400 " },
    { "GET", "//index.html", "", "404 " },
    { "GET", "/index.html%00.js", "", "400 " },
    { "GET", "/INDEX.html", "", "404 " },
    { "POST", "/", "Content-Length: 0\r\n", "405 |Allow: GET, HEAD\r\n" },
    { "DELETE", "/index.html", "", "405 " },
    { "POST", "/missing", "Content-Length: 0\r\n" HTML, "405 " },
    { "OPTIONS", "*", "", "400 " },
};

static const char *ask(struct client *c, const char *method, const char *target, const char *lines)
{
    char text[1024];

    (void)snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: h\r\n%sConnection: close\r\n\r\n", method,
                   target, lines);
    client_send(c, text);
    return client_wait_end(c);
}

static void check_case(struct pages *p, const struct page_case *k)
{
    struct client *c = client_open(&p->w);
    const char *said = ask(c, k->method, k->target, k->lines);
    char want[256], *at = want, *one;

    (void)snprintf(want, sizeof want, "%s", k->want);
    while ((one = strsep(&at, "|")) != NULL)
        if ((*one == '!') == (strstr(said, one + (*one == '!')) != NULL))
            fail_msg("%s %s with %s: %s in %s", k->method, k->target, k->lines, one, said);
    client_close(c);
}

TEST(static_files, answers_every_request)
{
    struct pages p;

    pages_open(&p);
    CHECK_INT(static_files_count(p.files), 7);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&p, &cases[i]);
    pages_close(&p);
}

/* The ETag of a reply, without quotes. */
static void etag_of(struct pages *p, const char *target, const char *lines, char at[64])
{
    struct client *c = client_open(&p->w);
    const char *said = ask(c, "GET", target, lines), *etag = strstr(said, "\r\nETag: \"");

    assert_non_null(etag);
    CHECK_INT(sscanf(etag, "\r\nETag: \"%63[^\"]", at), 1);
    client_close(c);
}

TEST(static_files, sends_nothing_that_is_known)
{
    static const struct { const char *format; bool known; } lists[] = {
        { "If-None-Match: \"%s\"\r\n", true },          { "If-None-Match: W/\"%s\"\r\n", true },
        { "If-None-Match: \"x\", \"%s\"\r\n", true },   { "If-None-Match: \"x\",\"%s\",\"y\"\r\n", true },
        { "If-None-Match: *\r\n", true },               { "If-None-Match: %s\r\n", false },
        { "If-None-Match: \"x%s\"\r\n", false },        { "If-None-Match:\r\n", false },
    };
    char etag[64], packed[64], lines[256];
    struct pages p;

    pages_open(&p);
    etag_of(&p, "/", "", etag);
    etag_of(&p, "/", "Accept-Encoding: gzip\r\n", packed);
    CHECK(strcmp(etag, packed) != 0);           /* other bytes, another name                        */
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct client *c = client_open(&p.w);
        const char *known = strstr(lists[i].format, "%s"), *said;
        size_t before = known != NULL ? (size_t)(known - lists[i].format) : strlen(lists[i].format);

        (void)snprintf(lines, sizeof lines, "%.*s%s%s", (int)before, lists[i].format,
                       known != NULL ? etag : "", known != NULL ? known + 2 : "");
        said = ask(c, "GET", "/", lines);
        check_has(said, lists[i].known ? "304 Not Modified" : "200 OK");
        check_has(said, etag);
        if (lists[i].known)
            check_has_not(said, "<p>");
        client_close(c);
    }
    pages_close(&p);
}

TEST(static_files, says_why_a_folder_cannot_be_served)
{
    struct static_files *files = NULL;
    char path[256];

    folder_make();
    (void)snprintf(path, sizeof path, "%s/missing", folder);
    CHECK_INT(static_files_open(path, 1 << 20, &files), -ENOENT);
    (void)snprintf(path, sizeof path, "%s/index.html", folder);
    CHECK_INT(static_files_open(path, 1 << 20, &files), -ENOTDIR);
    CHECK_INT(static_files_open(folder, 20, &files), -EFBIG);
    CHECK(files == NULL);
    (void)snprintf(path, sizeof path, "%s/empty", folder);
    CHECK_INT(static_files_open(path, 0, &files), 0);
    CHECK_INT(static_files_count(files), 0);
    static_files_free(files);
    static_files_free(NULL);
    folder_remove();
}
