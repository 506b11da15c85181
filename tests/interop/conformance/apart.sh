# In a network and with a file system table of one's own: loopback, and the subscriber that the suite names.
# shellcheck shell=bash disable=SC2154

apart_folder=$scratch/apart
mkdir "$apart_folder"
(
  cd "$apart_folder"
  python3 "$here/conformance/loopback.py"
  printf '127.0.0.1 localhost subscriber.invalid\n' >hosts
  mount --bind hosts /etc/hosts
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=Test authority" \
    -keyout ca.key -out ca.crt
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=subscriber.invalid" -keyout subscriber.key -out subscriber.csr
  printf 'subjectAltName=DNS:subscriber.invalid\n' >names
  openssl x509 -req -in subscriber.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 1 -extfile names -out subscriber.crt
) >"$apart_folder.log" 2>&1 || { cat "$apart_folder.log"; exit 1; }
export SSL_CERT_FILE=$apart_folder/ca.crt
python3 "$here/conformance/subscriber.py" "$apart_folder" >>"$apart_folder.log" 2>&1 &
started+=($!)
