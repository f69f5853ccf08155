// What the Glibc module does not show: epoll, eventfd, accept4, and the like.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC. The peer's address goes to `address`.
int holdfast_accept(int listener, struct sockaddr *address, socklen_t *length);
/// fallocate(2), mode 0.
int holdfast_fallocate(int fd, off_t offset, off_t length);
/// sync_file_range(2): starts writing the range out, waits for nothing.
int holdfast_start_writeback(int fd, off_t offset, off_t length);
/// gettid(2). Opaque on purpose: the optimizer must not merge two calls across a suspension.
int32_t holdfast_thread_id(void);
/// Lowers the calling thread to SCHED_IDLE.
int holdfast_idle_priority(void);
/// Names the calling thread; at most 15 bytes.
void holdfast_name_thread(const char *name);
/// The executor whose thread this is, or NULL. A function of its own for the same reason as
/// `holdfast_thread_id`, and without its system call.
const void *holdfast_current_executor(void);
/// Says which executor's thread this is.
void holdfast_set_current_executor(const void *executor);
/// What the calling thread collects wake-ups in, or NULL.
const void *holdfast_wake_batch(void);
/// Sets it.
void holdfast_set_wake_batch(const void *batch);
/// sendfile(2) from `offset`, which is not moved.
ssize_t holdfast_sendfile(int socket, int file, off_t offset, size_t count);
