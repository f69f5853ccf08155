#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/sendfile.h>
#include <unistd.h>

int holdfast_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int holdfast_fallocate(int fd, off_t offset, off_t length) {
    return fallocate(fd, 0, offset, length);
}

int holdfast_start_writeback(int fd, off_t offset, off_t length) {
    return sync_file_range(fd, offset, length, SYNC_FILE_RANGE_WRITE);
}

int32_t holdfast_thread_id(void) { return (int32_t)gettid(); }

int holdfast_idle_priority(void) {
    struct sched_param parameters = {0};
    return sched_setscheduler(0, SCHED_IDLE, &parameters);
}

void holdfast_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

static _Thread_local const void *current_executor;

const void *holdfast_current_executor(void) { return current_executor; }

void holdfast_set_current_executor(const void *executor) { current_executor = executor; }

static _Thread_local const void *wake_batch;

const void *holdfast_wake_batch(void) { return wake_batch; }

void holdfast_set_wake_batch(const void *batch) { wake_batch = batch; }

ssize_t holdfast_sendfile(int socket, int file, off_t offset, size_t count) {
    return sendfile(socket, file, &offset, count);
}
