/* fault_net.c - the n-th read, write or accept of the server fails, and the n-th allocation, ours or libuv's.
 *
 * What a loop may see at any time (EAGAIN, a signal, one byte instead of all) changes nothing for anybody. An
 * error ends one connection; who was there is served as ever, and who comes next. The calls of libuv's are
 * taken by functions of the same names here. */
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "net_talk.h"

enum call { READ, WRITE, ACCEPT, CALLS };

static struct {
    enum call call;
    int  error;                                 /* 0: the call does one byte only                   */
    long fail_at;                               /* -1: none                                         */
    bool for_good, came;
    long count[CALLS];
} plan;
static bool is_servers[1024];                   /* a descriptor that came by accept4()              */

/* Does this call fail? `armed` are only those of the server's connections. */
static bool strikes(enum call call, int fd)
{
    long now;

    if (call != ACCEPT && (fd < 0 || fd >= 1024 || !is_servers[fd]))
        return false;
    now = plan.count[call]++;
    if (call != plan.call || plan.fail_at < 0 || now < plan.fail_at || (now > plan.fail_at && !plan.for_good))
        return false;
    plan.came = true;
    errno = plan.error;
    return true;
}

int socket(int domain, int type, int protocol)
{
    int fd = (int)syscall(SYS_socket, domain, type, protocol);

    if (fd >= 0 && fd < 1024)
        is_servers[fd] = false;
    return fd;
}

int accept4(int listener, __SOCKADDR_ARG address, socklen_t *size, int flags)
{
    int fd;

    if (strikes(ACCEPT, listener))
        return -1;
    fd = (int)syscall(SYS_accept4, listener, address.__sockaddr__, size, flags);
    if (fd >= 0 && fd < 1024)
        is_servers[fd] = true;
    return fd;
}

ssize_t read(int fd, void *at, size_t size)
{
    bool struck = strikes(READ, fd);

    if (struck && plan.error != 0)
        return -1;
    return syscall(SYS_read, fd, at, struck && size > 1 ? 1 : size);
}

ssize_t write(int fd, const void *at, size_t size)
{
    bool struck = strikes(WRITE, fd);

    if (struck && plan.error != 0)
        return -1;
    return syscall(SYS_write, fd, at, struck && size > 1 ? 1 : size);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    bool struck = strikes(WRITE, fd);

    if (struck && plan.error != 0)
        return -1;
    return struck ? syscall(SYS_write, fd, parts->iov_base, parts->iov_len > 0 ? 1 : 0)
                  : syscall(SYS_writev, fd, parts, count);
}

/* --- calls --------------------------------------------------------------------------------------------- */

struct fault { enum call call; const char *name; int error; bool harmless, for_good; };

static const struct fault faults[] = {
    { READ, "EAGAIN", EAGAIN, true, false },     { READ, "EINTR", EINTR, true, false },
    { READ, "one byte", 0, true, false },        { READ, "one byte each", 0, true, true },
    { READ, "ECONNRESET", ECONNRESET, false, false }, { READ, "ETIMEDOUT", ETIMEDOUT, false, false },
    { WRITE, "EAGAIN", EAGAIN, true, false },    { WRITE, "EINTR", EINTR, true, false },
    { WRITE, "one byte", 0, true, false },       { WRITE, "one byte each", 0, true, true },
    { WRITE, "ENOBUFS", ENOBUFS, true, false },  { WRITE, "EPIPE", EPIPE, false, false },
    { WRITE, "ECONNRESET", ECONNRESET, false, false }, { WRITE, "ENOMEM", ENOMEM, false, false },
    { ACCEPT, "EAGAIN", EAGAIN, true, false },   { ACCEPT, "ECONNABORTED", ECONNABORTED, true, false },
    { ACCEPT, "EMFILE", EMFILE, false, false },  { ACCEPT, "ENFILE", ENFILE, false, false },
    { ACCEPT, "ENOMEM", ENOMEM, false, false },  { ACCEPT, "EPROTO", EPROTO, false, false },
};

/* false: the call came less often. */
static bool strike(struct shop *s, const struct fault *f, long n)
{
    bool done;

    memset(plan.count, 0, sizeof plan.count);
    plan.call = f->call;
    plan.error = f->error;
    plan.for_good = f->for_good;
    plan.came = false;
    plan.fail_at = n;
    done = talks(s);
    plan.fail_at = -1;
    if (!done && (f->harmless || !plan.came))
        fail_msg("%s at call %ld ended a conversation", f->name, n);
    return plan.came;
}

TEST(fault_net, a_call_that_fails_ends_one_connection_at_most)
{
    struct shop s;
    int before;

    plan.fail_at = -1;
    shop_open(&s);
    shop_close(&s);
    before = files_open_now();                  /* with those that libuv keeps                      */
    shop_open(&s);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        long n = 0;

        while (strike(&s, &faults[i], n)) {
            assert_true(is_served(s.regular, "still"));
            n += faults[i].for_good ? 7 : 1;
        }
        assert_true(n >= 2);                    /* connections, at least                            */
        shop_check(&s);
    }
    CHECK_INT(sio_uv_conns(s.w.uv), 1);
    shop_close(&s);
    CHECK_INT(files_open_now(), before);
}

/* --- memory -------------------------------------------------------------------------------------------- */

static void run_out(bool for_good)
{
    long count, blocks = fault_blocks();
    int refused = 0;
    struct shop s;

    shop_open(&s);
    fault_arm(-1, false);
    assert_true(talks(&s));
    count = fault_disarm();
    assert_true(count > 50);
    for (long n = 0; n < count; n++) {
        bool done;

        fault_arm(n, for_good);
        done = talks(&s);
        (void)fault_disarm();
        assert_true(done || fault_came());
        refused += !done;
        assert_true(is_served(s.regular, "still"));
        assert_true(talks(&s));
    }
    assert_true(refused > 10);
    CHECK_INT(sio_uv_conns(s.w.uv), 1);
    shop_close(&s);
    CHECK_INT(fault_blocks(), blocks);
    print_message("# %ld allocations, %d ended a conversation\n", count, refused);
}

TEST(fault_net, an_allocation_that_fails_ends_one_connection_at_most)
{
    run_out(false);
}

TEST(fault_net, memory_may_end_and_come_back)
{
    run_out(true);
}

__attribute__((constructor)) static void hooks_set(void)
{
    if (uv_replace_allocator(fault_malloc, fault_realloc, fault_calloc, fault_free) != 0)
        abort();
}
