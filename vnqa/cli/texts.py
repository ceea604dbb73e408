"""What the command line says, in Vietnamese and English."""

from __future__ import annotations

from vnqa.rendering import Language

TEXTS: dict[Language, dict[str, str]] = {
    "vi": {
        "added": "{added} bài mới, {updated} bài cập nhật, {unchanged} bài không đổi, "
        "{rejected} bị từ chối; nhúng {passages} đoạn trong {seconds:.1f} giây",
        "adding": "Thêm bài viết",
        "interrupted": "Đã dừng. Những bài đã ghi vẫn còn; chạy lại lệnh để thêm tiếp.",
        "error": "Lỗi",
        "rejected": "Từ chối",
        "no_hits": "Không tìm thấy đoạn nào.",
        "removed": "Đã xóa {id}.",
        "unknown": "Không có bài viết {id}.",
        "rebuilt": "Đã dựng lại chỉ mục: {articles} bài, {passages} đoạn.",
        "cut": "Đã cắt",
        "kept": "Văn bản giữ lại",
        "nothing_cut": "Không cắt gì.",
        "article_id": "Mã bài", "title": "Tiêu đề", "source": "Nguồn", "published": "Ngày đăng",
        "author": "Tác giả", "url": "Địa chỉ", "summary": "Tóm tắt",
        "path": "Thư mục", "articles": "Bài viết", "passages": "Đoạn", "generation": "Thế hệ",
        "format_version": "Phiên bản định dạng", "embedder": "Mô hình nhúng", "dim": "Số chiều",
        "dense_segments": "Phân đoạn FAISS", "dense_kind": "Loại chỉ mục FAISS",
        "bytes_on_disk": "Dung lượng (byte)", "read_only": "Chỉ đọc",
    },
    "en": {
        "added": "{added} added, {updated} updated, {unchanged} unchanged, {rejected} rejected; "
        "{passages} passages embedded in {seconds:.1f} s",
        "adding": "Adding articles",
        "interrupted": "Stopped. What was committed is kept; run the command again to go on.",
        "error": "Error",
        "rejected": "Rejected",
        "no_hits": "No passage found.",
        "removed": "Removed {id}.",
        "unknown": "There is no article {id}.",
        "rebuilt": "Rebuilt the index: {articles} articles, {passages} passages.",
        "cut": "Cut",
        "kept": "Text kept",
        "nothing_cut": "Nothing was cut.",
        "article_id": "Article id", "title": "Title", "source": "Source", "published": "Published",
        "author": "Author", "url": "Address", "summary": "Summary",
        "path": "Folder", "articles": "Articles", "passages": "Passages",
        "generation": "Generation", "format_version": "Format version", "embedder": "Embedder",
        "dim": "Dimension", "dense_segments": "FAISS segments", "dense_kind": "FAISS index kind",
        "bytes_on_disk": "Size (bytes)", "read_only": "Read only",
    },
}  # fmt: skip
