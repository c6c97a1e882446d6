# Keeps one throw-away PostgreSQL for as long as somebody holds this script's
# standard input open, then leaves nothing behind.
#   $1  folder with initdb and postgres    $2  folder for data, log and socket
set -u
binaries=$1
folder=$2

fail() {
    cat "$folder/log" >&2
    rm -rf "$folder"
    exit 1
}

# The default order is a language's, not that of bytes: a query that relies on
# byte order without saying COLLATE "C" shows it here.
"$binaries/initdb" --pgdata="$folder/data" --username=usher --auth=trust --no-sync \
    --encoding=UTF8 --locale=C --locale-provider=icu --icu-locale=en-US >"$folder/log" 2>&1 || fail

# Nothing here has to survive a power cut, so nothing waits for the disk.
"$binaries/postgres" -D "$folder/data" -k "$folder" -c listen_addresses='' \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c max_connections=200 -c shared_buffers=32MB -c autovacuum=off \
    </dev/null >>"$folder/log" 2>&1 &
server=$!

tries=0
until grep -qs '^ready' "$folder/data/postmaster.pid"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 1200 ] || ! kill -0 "$server" 2>/dev/null; then
        kill -QUIT "$server" 2>/dev/null
        wait "$server"
        fail
    fi
    sleep 0.05
done
echo ready

while read -r _; do :; done

# QUIT is PostgreSQL's word for stopping at once; what it writes is thrown away.
kill -QUIT "$server"
wait "$server"
cd /
rm -rf "$folder"
