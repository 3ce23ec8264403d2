// Photos of the minutes: from the camera, the files or the clipboard, made smaller for a slow line.
import { at, button, data, make, say } from "./words.js";

const WIDEST_PX = 2400;
const LARGE_BYTES = 1_200_000;
const QUALITY = 0.85;
const MEGABYTE = 1024 * 1024;

let photos = []; // of the form

export const chosen = () => photos;

export function show(list) {
  photos = list.slice();
  complain([]);
  draw();
}

const kb = (bytes) => Math.ceil(bytes / 1024);

function complain(reasons) {
  at("unfit").replaceChildren(...reasons.map((reason) => make("div", reason)));
  at("unfit").hidden = !reasons.length;
}

function draw() {
  at("photos").replaceChildren(...photos.map((photo, place) => {
    const words = say(photo.from ? "photo_reduced" : "photo_size", { name: photo.name, kb: kb(photo.size), from: kb(photo.from || 0) });
    return make("li", words, button(say("remove"), () => { photos.splice(place, 1); draw(); }));
  }));
}

// What the server would refuse is refused here, where another photo can still be taken.
async function take(files) {
  const reasons = [];
  for (const file of files) {
    const photo = await reduced(file).catch(() => null); // a file of a cloud that is out of reach
    if (photo && photo.unfit) reasons.push(say("photo_kind", { name: file.name }));
    else if (!photo || !photo.size) reasons.push(say("photo_unread", { name: file.name }));
    else if (photo.size > data.photo_bytes) reasons.push(say("photo_large", { name: file.name, mb: photo.size / MEGABYTE, most: data.photo_bytes / MEGABYTE }));
    else if (photos.length >= data.photo_count) reasons.push(say("photo_many", { name: file.name, most: data.photo_count }));
    else photos.push(photo);
  }
  complain(reasons);
  draw();
}

// Whether the server takes a file as it is: by its first bytes, as there; a name may end in anything.
async function isTaken(file) {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  const begins = ["%PDF-", "\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "II*\0", "MM\0*"].some((start) => head.startsWith(start));
  return begins || /^RIFF[^]{4}WEBP/.test(head) || /^[^]{4}ftyp(hei[cxms]|mif[12])/.test(head);
}

// A large photo is made smaller for a slow line, and says so; one of another kind becomes a photo that the server takes;
// what cannot be drawn goes as it is, or not at all.
async function reduced(file) {
  const whole = async () => ({ name: file.name, type: file.type, bytes: await file.arrayBuffer(), size: file.size });
  const taken = !file.size || await isTaken(file);
  if (taken && (!file.type.startsWith("image/") || file.size <= LARGE_BYTES)) return whole();
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, WIDEST_PX / Math.max(picture.width, picture.height));
    const canvas = make("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob) throw new Error("not drawn");
    if (taken && blob.size >= file.size) return await whole();
    const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
    return { name, type: blob.type, bytes: await blob.arrayBuffer(), size: blob.size, from: file.size };
  } catch (error) {
    return taken ? whole() : { unfit: true };
  }
}

async function takeChosen(event) {
  await take([...event.target.files]);
  event.target.value = "";
}

function takePasted(event) {
  const files = [...(event.clipboardData ? event.clipboardData.files : [])];
  if (at("mark").hidden || !files.length) return; // words go where they were meant to go
  event.preventDefault();
  take(files);
}

// A phone has no key to paste with.
async function readClipboard() {
  try {
    const files = [];
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((one) => one.startsWith("image/"));
      if (type) files.push(new File([await item.getType(type)], say("pasted") + "." + type.split("/")[1], { type }));
    }
    if (files.length) await take(files);
    else complain([say("paste_none")]);
  } catch (error) { // not allowed, or nothing that a page may read
    complain([say("paste_none")]);
  }
}

for (const id of ["camera", "photo"]) at(id).addEventListener("change", takeChosen);
document.addEventListener("paste", takePasted);
at("paste").hidden = !(navigator.clipboard && navigator.clipboard.read);
at("paste").addEventListener("click", readClipboard);
