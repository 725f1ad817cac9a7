### Görüşme randevusu. Başka birinin adresi veya numarası olmadan.

plan-title-talk = Görüşme planlandı
plan-title-aftercare = Nasıl gittiği üzerine görüşme
plan-when = Ne zaman
plan-how = Nasıl
plan-place = Nerede
plan-guests = Kimler davetli
plan-message = Mesaj
plan-kind-in-person = yüz yüze
plan-kind-phone = telefonla
plan-kind-video = görüntülü görüşmeyle
plan-guest-mentor = mentor veya rehber ({ $sender })
plan-guest-parents = ebeveynler veya bakanlar
plan-guest-child = çocuk veya genç
plan-guest-care = yardım görevlisi
plan-guest-own-mentor = mentor veya rehber ({ $recipient })
plan-again = Bu yeni bir randevu. Önceki randevu artık geçerli değil.
plan-phone = { $you ->
        [je] Telefon numarası burada yazmıyor. Aranıp aranmayacağını şuraya sor: { $sender }.
       *[u] Telefon numarası burada yazmıyor. Aranıp aranmayacağınızı şuraya sorun: { $sender }.
    }
plan-left-out = { $you ->
        [je] Metnin bir kısmı burada yok. İçinde başka birinin bilgileri olabilir. Yeterince bilmiyor musun? Şuraya sor: { $sender }.
       *[u] Metnin bir kısmı burada yok. İçinde başka birinin bilgileri olabilir. Yeterince bilmiyor musunuz? Şuraya sorun: { $sender }.
    }
plan-overtaken = { $you ->
        [je] Dikkat: bundan sonra başka bir randevu verildi. Onu burada gösteremiyoruz. Hangisi geçerli, şuraya sor: { $sender }.
       *[u] Dikkat: bundan sonra başka bir randevu verildi. Onu burada gösteremiyoruz. Hangisi geçerli, şuraya sorun: { $sender }.
    }
plan-none = { $you ->
        [je] Bir görüşme planlandı. Gün ve yer burada henüz yazmıyor. Şuraya sor: { $sender }.
       *[u] Bir görüşme planlandı. Gün ve yer burada henüz yazmıyor. Şuraya sorun: { $sender }.
    }
plan-unreadable = { $you ->
        [je] Bir görüşme planlandı. Randevuyu açamıyoruz, bu yüzden göstermiyoruz. Şuraya sor: { $sender }.
       *[u] Bir görüşme planlandı. Randevuyu açamıyoruz, bu yüzden göstermiyoruz. Şuraya sorun: { $sender }.
    }
plan-signed = Bu randevuyu imzalayan: { $sender }.
plan-ics = Takvimime ekle
plan-ics-note = Takvim dosyasında isim ve yer yazmaz.
plan-ics-summary = Görüşme (Handdruk)
plan-print = Bu sayfayı yazdır
plan-line = Görüşme: { $when }, { $how }.
plan-line-overtaken = Bundan sonra başka bir randevu verildi.
plan-line-none = Bir görüşme planlandı.
plan-line-unreadable = Bir görüşme planlandı. Randevu açılamıyor.
